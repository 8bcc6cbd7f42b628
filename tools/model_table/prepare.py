"""Prepares one network: its ONNX files, an input off every kink, and the numbers that are to come out.

    prepare.py NAME FOLDER
"""

import copy
import importlib.metadata
import io
import json
import re
import sys
import warnings
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy
import onnx
import torch
from torch import Tensor, nn

from entry import Entry
from forms import FORMS, HALF, QUANTISED
from kinks import input_off_kinks
from networks import NETWORKS, build, parameter_sum
from reference import HalfConstants, check_gradient, input_gradient, with_laid_out_gradients
from straight_through import StraightThrough

PACKAGES = ("torch", "torchvision", "timm", "transformers", "onnx", "onnxruntime", "onnxscript")
SEED = 77
# Distances to kinks. Rounding adds up to some 3e-5 in the last layers of a deep network, so that the usual one is wide enough
# for most. Where single precision still disagrees with double the wide one is tried, and where no input is found the narrow
# one: the wider the margin and the network, the harder it is to find one.
USUAL, WIDE, NARROW = 1e-4, 1e-3, 1e-5
AGREES = 2e-5


def share(difference: Tensor, whole: Tensor) -> float:
    """The largest difference as a share of the largest value."""
    return float(difference.abs().max() / whole.abs().max())


def try_export(form: str, network: nn.Module, image: Tensor, path: Path) -> dict[str, Any]:
    """Where the file is and what it holds, or why there is none."""
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            FORMS[form](network, image, path)
        model = onnx.load(path, load_external_data=False)
        opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
        return {"file": path.name, "opset": opset, "nodes": len(model.graph.node)}
    except Exception as error:  # Whatever an exporter throws is a result to show.
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}


def written(entry: Entry, form: str, network: nn.Module, found: "Input", folder: Path) -> dict[str, Any]:
    """One form of the file, and the numbers that are to come out of it where they are not the network's own."""
    whole = nn.Sequential(network, nn.Sigmoid()).eval() if entry.ends_in_sigmoid else network
    image = found.image
    if entry.exported_px is not None:
        image = torch.randn(1, entry.channels, *entry.exported_px, generator=torch.Generator().manual_seed(SEED))
    name = re.sub("[^a-z]+", "-", form.lower())
    export = try_export(form, whole, image, folder / f"{name}.onnx")
    if "error" in export:
        return export
    if form in HALF:
        own = with_laid_out_gradients(copy.deepcopy(network).half().double())
    elif form in QUANTISED:
        model = onnx.load(folder / export["file"])
        own = StraightThrough(model)
        export["step"] = own.last_step()
    else:
        return export
    # The class that the others are asked for as well.
    image = (found.image.half() if form in HALF else found.image).double()
    with HalfConstants() if form in HALF else nullcontext():
        logits, gradient = input_gradient(own, image, found.target)
    export["expected"] = name
    save(folder, f"{name}_", image, logits, gradient)
    return export


def save(folder: Path, prefix: str, image: Tensor, logits: Tensor, gradient: Tensor) -> None:
    """What is fed and what is to come out."""
    for file, values in (("input", image), ("logits", logits), ("gradient", gradient)):
        numpy.save(folder / f"{prefix}{file}.npy", values.float().numpy())


class Input:
    """An image off the kinks, as far as one was found, with what both precisions make of it."""

    def __init__(self, network: nn.Module, exact: nn.Module, entry: Entry, margin: float) -> None:
        self.margin = margin
        shape = (entry.channels, *entry.size_px)
        self.image, self.first, self.left = input_off_kinks(exact, shape, SEED, margin)
        self.target = int(exact(self.image.double()).argmax())
        self.logits, self.gradient = input_gradient(exact, self.image.double(), self.target)
        check_gradient(exact, self.image.double(), self.target, self.gradient)
        logits, gradient = input_gradient(network, self.image, self.target)
        self.single = {
            "logits": share(logits - self.logits, self.logits),
            "gradient": share(gradient - self.gradient, self.gradient),
        }
        self.agrees = self.single["gradient"] < AGREES


def prepare(name: str, folder: Path) -> None:
    """Fills the folder; `index.json` comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    entry, network = NETWORKS[name], build(name)
    # Only of the copy: exporters take another path through attention where no parameter could be trained.
    exact = with_laid_out_gradients(copy.deepcopy(network).double().requires_grad_(False))
    single = with_laid_out_gradients(copy.deepcopy(network))
    found = Input(single, exact, entry, USUAL)
    if found.left:
        found = Input(single, exact, entry, NARROW)
    elif not found.agrees:
        found = Input(single, exact, entry, WIDE)
    save(folder, "", found.image, found.logits, found.gradient)
    del exact, single
    index = {
        "title": entry.title,
        "size_px": entry.size_px,
        "target": found.target,
        "ends_in_sigmoid": entry.ends_in_sigmoid,
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "parameter_sum": parameter_sum(network),
        "kinks": {"margin": found.margin, "within_margin_at_first": found.first, "within_margin": found.left},
        "pytorch_float32": found.single,
        # Or it would have been an error before.
        "held_against_differences": True,
        "exports": {form: written(entry, form, network, found, folder) for form in entry.forms},
        # Last: exporters load packages of their own.
        "versions": versions(),
    }
    (folder / "index.json").write_text(json.dumps(index, indent=1))


def versions() -> dict[str, str]:
    """The version of every package that was loaded to make the network and its files."""
    return {package: importlib.metadata.version(package) for package in PACKAGES if package in sys.modules}


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    prepare(sys.argv[1], Path(sys.argv[2]))
