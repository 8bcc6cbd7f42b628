"""Writes docs/model-table.md: networks through PyTorch's exporters and the command line.

    table.py --gradlens BINARY --cache FOLDER [--results FILE] [--out FILE] [NAME...]

What a network needs is prepared once and kept in the cache; the comparison is made anew each time. Rows of networks that are
not named stay as the results have them.
"""

import argparse
import datetime
import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy
import onnxruntime

from forms import HALF
from networks import NETWORKS
from page import page
from results import Result, Row, load, store

HERE = Path(__file__).parent
SOURCES = ("entry", "networks", "further_networks", "forms", "straight_through", "reference", "kinks", "prepare")


def prepared(name: str, cache: Path) -> tuple[Path, dict[str, Any]]:
    """The folder and index of a network, made in a process of its own where it is not there for these scripts."""
    sources = [HERE / "requirements.txt", *(HERE / f"{source}.py" for source in SOURCES)]
    digest = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
    folder = cache / f"{name}-{digest}"
    if not (folder / "index.json").exists():
        for old in cache.glob(f"{name}-*"):
            shutil.rmtree(old)
        command = [sys.executable, str(HERE / "prepare.py"), name, str(folder)]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"]
            return folder, {"title": NETWORKS[name].title, "preparing": lines[-1]}
    return folder, json.loads((folder / "index.json").read_text())


def share(found: numpy.ndarray, expected: numpy.ndarray) -> float:
    """The largest difference as a share of the largest value."""
    if found.shape != expected.shape:
        raise ValueError(f"shape {found.shape} instead of {expected.shape}")
    return float(numpy.abs(found - expected).max() / numpy.abs(expected).max())


def compare(gradlens: Path, folder: Path, index: dict[str, Any], form: str) -> Row:
    """Runs one file through ONNX Runtime and the command line."""
    row = Row(form)
    export = index["exports"][form] if "exports" in index else {"error": index["preparing"]}
    if "error" in export:
        row.error = f"the exporter: {export['error']}"
        return row
    row.opset, row.nodes = export["opset"], export["nodes"]
    model = folder / export["file"]
    prefix = f"{export['expected']}_" if "expected" in export else ""
    expected = {file: numpy.load(folder / f"{prefix}{file}.npy") for file in ("input", "logits", "gradient")}
    out, logits = folder / "found_gradient.npy", folder / "found_logits.npy"
    command = [str(gradlens), "gradient", "--device", "cpu", "--model", str(model), "--input", str(folder / f"{prefix}input.npy")]
    command += ["--target", str(index["target"]), "--out", str(out), "--logits", str(logits)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"]
        row.error = " ".join(lines).removeprefix("gradlens: ")
        return row
    try:
        scores, found = run_onnxruntime(model, expected["input"], form in HALF), numpy.load(logits)
        if index["ends_in_sigmoid"]:
            # The file gives probabilities, this program what is before them.
            found = 1 / (1 + numpy.exp(-found))
        row.logits = share(found, scores)
        row.gradient = share(numpy.load(out), expected["gradient"])
        if "step" in export:
            row.steps = float(numpy.abs(found - scores).max() / export["step"])
        elif prefix:
            row.exact_logits = share(found, expected["logits"])
    except Exception as error:  # Whatever ONNX Runtime throws is a result to show.
        row.error = f"{type(error).__name__}: {error}".splitlines()[0]
    return row


def run_onnxruntime(model: Path, image: numpy.ndarray, half: bool) -> numpy.ndarray:
    """The first output in single precision."""
    options = onnxruntime.SessionOptions()
    if half:
        # At its usual level, one above, version 1.32 was seen to crash on them.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    fed = image.astype(numpy.float16) if "float16" in given.type else image
    return session.run(None, {given.name: fed})[0].astype(numpy.float32)


def details(index: dict[str, Any]) -> list[str]:
    """What is told of a network and its input."""
    if "exports" not in index:
        return []
    kinks, own = index["kinks"], index["pytorch_float32"]
    inside = f"{kinks['within_margin_at_first']} -> {kinks['within_margin']} at {kinks['margin']:.0e}"
    height, width = index["size_px"]
    side = f"{height}" if height == width else f"{height} x {width}"
    return [f"{index['parameters']:,}", side, inside, f"{own['logits']:.1e}", f"{own['gradient']:.1e}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gradlens", type=Path, required=True, help="the command line program")
    parser.add_argument("--cache", type=Path, required=True, help="where prepared networks are kept (about 8 GB)")
    parser.add_argument("--results", type=Path, default=HERE / "results.json", help="what is known of every network")
    parser.add_argument("--out", type=Path, default=HERE.parent.parent / "docs" / "model-table.md", help="the document")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"networks, of {', '.join(NETWORKS)}; all where absent")
    arguments = parser.parse_args()
    failed = 0
    for name in arguments.names or NETWORKS:
        folder, index = prepared(name, arguments.cache)
        rows = []
        for form in NETWORKS[name].forms:
            rows.append(compare(arguments.gradlens, folder, index, form))
            failed += not rows[-1].passed()
            print(" | ".join([name, *rows[-1].cells()]), flush=True)
        held = index.get("held_against_differences", False)
        result = Result(index["title"], f"{datetime.date.today()}", index.get("versions", {}), details(index), rows, held)
        # Written after every network: a run may be stopped.
        results = load(arguments.results) | {name: result}
        results = {name: results[name] for name in NETWORKS if name in results}
        store(arguments.results, results)
        arguments.out.write_text(page(list(results.values())))
    print(f"{failed} rows failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
