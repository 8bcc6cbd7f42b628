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
# Distances to kinks that are tried until an input is found at which single precision agrees with double. Rounding adds up to
# some 3e-5 in the last layers of a deep network, so that the first is wide enough for most; but the wider the margin and the
# network, the harder an input is to find.
MARGINS = (1e-4, 1e-3, 1e-5)
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


def prepare(name: str, folder: Path) -> None:
    """Fills the folder; `index.json` comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    network = build(name)
    # Only of the copy: exporters take another path through attention where no parameter could be trained.
    exact = copy.deepcopy(network).double().requires_grad_(False)
    for margin in MARGINS:
        image, first, left = input_off_kinks(exact, NETWORKS[name].size_px, SEED, margin)
        target = int(exact(image.double()).argmax())
        logits, gradient = input_gradient(exact, image.double(), target)
        logits32, gradient32 = input_gradient(network, image, target)
        if left == 0 and share(gradient32 - gradient, gradient) < AGREES:
            break
    for file, values in (("input", image), ("logits", logits), ("gradient", gradient)):
        numpy.save(folder / f"{file}.npy", values.float().numpy())
    del exact
    index = {
        "title": NETWORKS[name].title,
        "size_px": NETWORKS[name].size_px,
        "target": target,
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "parameter_sum": parameter_sum(network),
        "kinks": {"margin": margin, "within_margin_at_first": first, "within_margin": left},
        "pytorch_float32": {"logits": share(logits32 - logits, logits), "gradient": share(gradient32 - gradient, gradient)},
        "versions": {package: importlib.metadata.version(package) for package in PACKAGES},
        "exports": {
            exporter: try_export(exporter, network, image, folder / f"{exporter.lower()}.onnx") for exporter in EXPORTERS
        },
    }
    (folder / "index.json").write_text(json.dumps(index, indent=1))


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    prepare(sys.argv[1], Path(sys.argv[2]))
