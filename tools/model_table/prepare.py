"""Prepares one network: both ONNX files, an input off every kink, and the numbers that are to come out.

    prepare.py NAME FOLDER
"""

import copy
import importlib.metadata
import io
import json
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy
import onnx
import torch
from torch import Tensor, nn

from kinks import input_off_kinks
from networks import NETWORKS, build, parameter_sum

PACKAGES = ("torch", "torchvision", "onnx", "onnxruntime", "onnxscript")
SEED = 77
# Distances to kinks. Rounding adds up to some 3e-5 in the last layers of a deep network, so that the usual one is wide enough
# for most. Where single precision still disagrees with double the wide one is tried, and where no input is found the narrow
# one: the wider the margin and the network, the harder it is to find one.
USUAL, WIDE, NARROW = 1e-4, 1e-3, 1e-5
AGREES = 2e-5


def export_torchscript(network: nn.Module, image: Tensor, path: Path) -> None:
    """The older exporter, which traces; the number of images is left free."""
    axes = {"input": {0: "N"}, "logits": {0: "N"}}
    names = {"input_names": ["input"], "output_names": ["logits"]}
    torch.onnx.export(network, (image,), path, dynamo=False, opset_version=17, dynamic_axes=axes, **names)


def export_dynamo(network: nn.Module, image: Tensor, path: Path) -> None:
    """The newer exporter, at its own opset and with every dimension fixed: what a call without options gives."""
    names = {"input_names": ["input"], "output_names": ["logits"]}
    torch.onnx.export(network, (image,), path, dynamo=True, external_data=False, verbose=False, **names)


EXPORTERS = {"TorchScript": export_torchscript, "dynamo": export_dynamo}


def input_gradient(network: nn.Module, image: Tensor, target: int) -> tuple[Tensor, Tensor]:
    """Logits, and the gradient of the target's by the image."""
    image = image.clone().requires_grad_(True)
    logits = network(image)
    (gradient,) = torch.autograd.grad(logits[0, target], image)
    return logits.detach(), gradient


def share(difference: Tensor, whole: Tensor) -> float:
    """The largest difference as a share of the largest value."""
    return float(difference.abs().max() / whole.abs().max())


def try_export(exporter: str, network: nn.Module, image: Tensor, path: Path) -> dict[str, Any]:
    """Where the file is and what it holds, or why there is none."""
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            EXPORTERS[exporter](network, image, path)
        model = onnx.load(path, load_external_data=False)
        opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
        return {"file": path.name, "opset": opset, "nodes": len(model.graph.node)}
    except Exception as error:  # Whatever an exporter throws is a result to show.
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}


class Input:
    """An image off the kinks, as far as one was found, with what both precisions make of it."""

    def __init__(self, network: nn.Module, exact: nn.Module, size_px: int, margin: float) -> None:
        self.margin = margin
        self.image, self.first, self.left = input_off_kinks(exact, size_px, SEED, margin)
        self.target = int(exact(self.image.double()).argmax())
        self.logits, self.gradient = input_gradient(exact, self.image.double(), self.target)
        logits, gradient = input_gradient(network, self.image, self.target)
        self.single = {
            "logits": share(logits - self.logits, self.logits),
            "gradient": share(gradient - self.gradient, self.gradient),
        }
        self.agrees = self.single["gradient"] < AGREES


def prepare(name: str, folder: Path) -> None:
    """Fills the folder; `index.json` comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    network = build(name)
    # Only of the copy: exporters take another path through attention where no parameter could be trained.
    exact = copy.deepcopy(network).double().requires_grad_(False)
    found = Input(network, exact, NETWORKS[name].size_px, USUAL)
    if found.left:
        found = Input(network, exact, NETWORKS[name].size_px, NARROW)
    elif not found.agrees:
        found = Input(network, exact, NETWORKS[name].size_px, WIDE)
    for file, values in (("input", found.image), ("logits", found.logits), ("gradient", found.gradient)):
        numpy.save(folder / f"{file}.npy", values.float().numpy())
    del exact
    index = {
        "title": NETWORKS[name].title,
        "size_px": NETWORKS[name].size_px,
        "target": found.target,
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "parameter_sum": parameter_sum(network),
        "kinks": {"margin": found.margin, "within_margin_at_first": found.first, "within_margin": found.left},
        "pytorch_float32": found.single,
        "versions": {package: importlib.metadata.version(package) for package in PACKAGES},
        "exports": {
            exporter: try_export(exporter, network, found.image, folder / f"{exporter.lower()}.onnx") for exporter in EXPORTERS
        },
    }
    (folder / "index.json").write_text(json.dumps(index, indent=1))


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    prepare(sys.argv[1], Path(sys.argv[2]))
