"""Writes docs/model-table.md: torchvision's classifiers through both PyTorch exporters and the command line.

    table.py --gradlens BINARY --cache FOLDER [--out FILE] [NAME...]

What a network needs is prepared once and kept in the cache; the comparison is made anew each time.
"""

import argparse
import json
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy
import onnxruntime

from networks import NETWORKS

HERE = Path(__file__).parent
# Of the largest value, both.
TOLERANCE = 1e-4


@dataclass
class Row:
    """One network through one exporter."""

    network: str
    exporter: str
    opset: int | None = None
    nodes: int | None = None
    logits: float | None = None
    gradient: float | None = None
    error: str = ""

    def passed(self) -> bool:
        numbers = (self.logits, self.gradient)
        return not self.error and all(number is not None and number <= TOLERANCE for number in numbers)

    def cells(self) -> list[str]:
        result = "passed" if self.passed() else f"**failed**: {self.error or 'differs'}"
        known = lambda value, form: "" if value is None else format(value, form)  # noqa: E731
        numbers = [known(self.opset, "d"), known(self.nodes, "d"), known(self.logits, ".1e"), known(self.gradient, ".1e")]
        return [self.network, self.exporter, *numbers, result.replace("|", "/")]


def prepared(name: str, cache: Path) -> tuple[Path, dict[str, Any]]:
    """The folder and index of a network, made in a process of its own where it is not there for these scripts."""
    sources = [HERE / file for file in ("networks.py", "kinks.py", "prepare.py", "requirements.txt")]
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


def compare(gradlens: Path, folder: Path, index: dict[str, Any], exporter: str) -> Row:
    """Runs one file through ONNX Runtime and the command line."""
    row = Row(index["title"], exporter)
    export = index["exports"][exporter] if "exports" in index else {"error": index["preparing"]}
    if "error" in export:
        row.error = f"the exporter: {export['error']}"
        return row
    row.opset, row.nodes = export["opset"], export["nodes"]
    model = folder / export["file"]
    out, logits = folder / "found_gradient.npy", folder / "found_logits.npy"
    command = [str(gradlens), "gradient", "--device", "cpu", "--model", str(model), "--input", str(folder / "input.npy")]
    command += ["--target", str(index["target"]), "--out", str(out), "--logits", str(logits)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"]
        row.error = " ".join(lines).removeprefix("gradlens: ")
        return row
    try:
        session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        expected = session.run(None, {session.get_inputs()[0].name: numpy.load(folder / "input.npy")})[0]
        row.logits = share(numpy.load(logits), expected)
        row.gradient = share(numpy.load(out), numpy.load(folder / "gradient.npy"))
    except Exception as error:  # Whatever ONNX Runtime throws is a result to show.
        row.error = f"{type(error).__name__}: {error}".splitlines()[0]
    return row


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def page(rows: list[Row], indices: list[dict[str, Any]]) -> str:
    """The whole document."""
    versions = next((index["versions"] for index in indices if "versions" in index), {})
    heads = ["network", "exporter", "opset", "nodes", "logits", "input gradient", "result"]
    details = []
    for index in indices:
        if "exports" not in index:
            continue
        kinks, own = index["kinks"], index["pytorch_float32"]
        inside = f"{kinks['within_margin_at_first']} -> {kinks['within_margin']} at {kinks['margin']:.0e}"
        numbers = [f"{index['parameters']:,}", f"{index['size_px']}", inside, f"{own['logits']:.1e}", f"{own['gradient']:.1e}"]
        details.append([index["title"], *numbers])
    return f"""# Networks, exporters, results

Written by `make model-table` (`tools/model_table/`); not edited by hand. {sum(row.passed() for row in rows)} of {len(rows)} rows passed.

torchvision's classifiers with weights drawn from a seed, exported by both of PyTorch's exporters and run through
`gradlens gradient` on the CPU. No trained weights are used: the table shows that the arithmetic is right, not that a
network is good. TorchScript exports at opset 17 with the number of images left free, dynamo at its own opset with all
dimensions fixed.

- **logits**: largest difference from ONNX Runtime on the same file, as a share of the largest logit.
- **input gradient**: largest difference from PyTorch in double precision, as a share of the largest value.
- A row passes where both are at most {TOLERANCE:.0e}.

Versions: {", ".join(f"{package} {version}" for package, version in versions.items())}, Python {platform.python_version()}.

{table(heads, [row.cells() for row in rows])}

## Inputs

Where the argument of a rectifier lies within rounding of zero, two correct programs give gradients that differ by some
hundredths of their maximum. So every input is noise moved, by steps too small to see, until no activation and no two
largest values of a max pool are within a margin of a kink, a share of the root mean square of the layer
(`tools/model_table/kinks.py`). The last two columns are PyTorch's own differences between single and double precision at that input.

{table(["network", "parameters", "side, px", "near a kink: before -> after, at margin", "logits", "input gradient"], details)}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gradlens", type=Path, required=True, help="the command line program")
    parser.add_argument("--cache", type=Path, required=True, help="where prepared networks are kept (about 4 GB)")
    parser.add_argument("--out", type=Path, help="the document to write; printed where absent")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"networks, of {', '.join(NETWORKS)}; all where absent")
    arguments = parser.parse_args()
    rows: list[Row] = []
    indices: list[dict[str, Any]] = []
    for name in arguments.names or NETWORKS:
        folder, index = prepared(name, arguments.cache)
        indices.append(index)
        for exporter in ("TorchScript", "dynamo"):
            rows.append(compare(arguments.gradlens, folder, index, exporter))
            print(" | ".join(rows[-1].cells()), flush=True)
    document = page(rows, indices)
    if arguments.out:
        arguments.out.write_text(document)
    else:
        print(document)
    passed = sum(row.passed() for row in rows)
    print(f"{passed} of {len(rows)} rows passed")
    return 0 if passed == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
