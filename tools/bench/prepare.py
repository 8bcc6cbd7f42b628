"""Prepares the networks of the benchmark: an ONNX file for Gradlens, the same as steps for TensorFlow.js, and what PyTorch computes.

    prepare.py LITE0.onnx FOLDER NAME...
"""

import json
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn

from eager import load

SIZE_PX = 224
# Of the input that both compute once, so that nothing is fast by being wrong.
SEED = 5
FLOAT_BYTES = 4


def export(network: nn.Module, path: Path) -> None:
    """Writes ONNX; the number of images, height and width are left free."""
    axes = {"input": {0: "N", 2: "H", 3: "W"}, "logits": {0: "N"}}
    image = torch.zeros(1, 3, SIZE_PX, SIZE_PX)
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        torch.onnx.export(
            network,
            (image,),
            path,
            dynamo=False,
            opset_version=17,
            dynamic_axes=axes,
            input_names=["input"],
            output_names=["logits"],
        )


class Steps:
    """A graph in the order it runs, channels last: convolutions with BatchNorm and bias folded in, activations fused."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        self.steps: list[dict[str, Any]] = []
        self.weights: list[NDArray[numpy.float32]] = []
        self.length = 0
        self.names: dict[str, str] = {}
        self.output = model.graph.output[0].name
        self.users: dict[str, list[onnx.NodeProto]] = {}
        self.done: set[str] = set()
        for node in model.graph.node:
            for name in node.input:
                self.users.setdefault(name, []).append(node)
        for node in model.graph.node:
            if node.output[0] not in self.done:
                self.add(node)
        self.output = self.names.get(self.output, self.output)

    def put(self, values: NDArray[Any]) -> dict[str, Any]:
        """Appends a weight; tells where it is."""
        at, self.length = self.length, self.length + values.size
        self.weights.append(numpy.ascontiguousarray(values, dtype=numpy.float32).ravel())
        return {"at": at, "shape": list(values.shape)}

    def only_user(self, name: str, kinds: set[str]) -> onnx.NodeProto | None:
        """The one node that reads `name`, where it is one of these kinds."""
        users = self.users.get(name, [])
        return users[0] if len(users) == 1 and users[0].op_type in kinds else None

    def constant(self, node: onnx.NodeProto, place: int) -> NDArray[Any]:
        """A weight among a node's inputs."""
        return self.arrays[node.input[place]]

    def norm(self, node: onnx.NodeProto) -> tuple[NDArray[Any], NDArray[Any]]:
        """A BatchNorm as a factor and an offset by channel."""
        scale, shift, mean, variance = (self.constant(node, place).astype(numpy.float64) for place in range(1, 5))
        epsilon = next((a.f for a in node.attribute if a.name == "epsilon"), 1e-5)
        factor = scale / numpy.sqrt(variance + epsilon)
        return factor, shift - mean * factor

    def add(self, node: onnx.NodeProto) -> None:
        """Appends the step for a node, and whatever of the nodes after it can be one with it."""
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        inputs = [self.names.get(name, name) for name in node.input if name and name not in self.arrays]
        step: dict[str, Any] = {"inputs": inputs, "output": node.output[0]}
        kind = node.op_type
        if kind == "Constant":
            self.arrays[node.output[0]] = numpy_helper.to_array(attributes["value"])
            return
        if kind == "Identity" and not inputs:
            self.arrays[node.output[0]] = self.arrays[node.input[0]]
            return
        if kind in ("Identity", "Dropout"):
            self.names[node.output[0]] = inputs[0]
            return
        if kind == "Conv":
            self.convolution(node, attributes, step)
        elif kind == "Gemm":
            weight = self.constant(node, 1)
            weight = weight.T if attributes.get("transB") else weight
            step |= {"op": "dense", "kernel": self.put(weight), "bias": self.put(self.constant(node, 2))}
        elif kind == "BatchNormalization":
            factor, offset = self.norm(node)
            step |= {"op": "norm", "factor": self.put(factor), "offset": self.put(offset)}
        elif kind in ("MaxPool", "AveragePool"):
            top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
            step |= {
                "op": "max-pool" if kind == "MaxPool" else "mean-pool",
                "window": list(attributes["kernel_shape"]),
                "strides": list(attributes["strides"]),
                "pad": [[top, bottom], [left, right]],
            }
        elif kind in ("GlobalAveragePool", "ReduceMean"):
            step["op"] = "global-mean"
        elif kind in ("Add", "Mul", "Relu", "Clip", "HardSwish", "HardSigmoid", "Concat", "Flatten"):
            step["op"] = {"Clip": "relu6", "HardSwish": "hard-swish", "HardSigmoid": "hard-sigmoid"}.get(kind, kind.lower())
        else:
            raise ValueError(f"{node.name} is a {kind}, for which there is no step")
        self.steps.append(step)

    def convolution(self, node: onnx.NodeProto, attributes: dict[str, Any], step: dict[str, Any]) -> None:
        """A convolution with the BatchNorm and the activation that follow it."""
        weight = self.constant(node, 1).astype(numpy.float64)
        bias = self.constant(node, 2).astype(numpy.float64) if len(node.input) > 2 else numpy.zeros(len(weight))
        last = node.output[0]
        if norm := self.only_user(last, {"BatchNormalization"}):
            factor, offset = self.norm(norm)
            weight, bias = weight * factor[:, None, None, None], bias * factor + offset
            last = norm.output[0]
            self.done.add(last)
        activation = "linear"
        if act := self.only_user(last, {"Relu", "Clip"}):
            activation = "relu" if act.op_type == "Relu" else "relu6"
            last = act.output[0]
            self.done.add(last)
        group = attributes.get("group", 1)
        depthwise = group > 1
        if depthwise and (group != len(weight) or weight.shape[1] != 1):
            raise ValueError(f"{node.name} is a grouped convolution, which TensorFlow.js has not")
        top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
        step |= {
            "op": "depthwise" if depthwise else "conv",
            "kernel": self.put(weight.transpose(2, 3, 0, 1) if depthwise else weight.transpose(2, 3, 1, 0)),
            "bias": self.put(bias),
            "strides": list(attributes.get("strides", [1, 1])),
            "pad": [[top, bottom], [left, right]],
            "activation": activation,
            "output": last,
        }


def prepare(name: str, lite0: Path, folder: Path) -> None:
    """Fills the folder; `index.json` comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    network = load(name, lite0)
    if name == "efficientnet_lite0":
        path.write_bytes(lite0.read_bytes())
    else:
        export(network, path)
    steps = Steps(onnx.load(path))
    numpy.concatenate(steps.weights).tofile(folder / "weights.bin")
    image = torch.from_numpy(numpy.random.default_rng(SEED).standard_normal((1, 3, SIZE_PX, SIZE_PX)).astype(numpy.float32))
    image.requires_grad_(True)
    logits = network(image)
    target = int(logits.argmax())
    (gradient,) = torch.autograd.grad(logits[0, target], image)
    # Channels last, as TensorFlow.js has it.
    for file, values in (("input", image.detach()), ("gradient", gradient)):
        values.permute(0, 2, 3, 1).contiguous().numpy().tofile(folder / f"{file}.bin")
    index = {
        "target": target,
        "logits": logits[0].tolist(),
        "steps": steps.steps,
        "output": steps.output,
        "bytes": steps.length * FLOAT_BYTES,
    }
    (folder / "index.json").write_text(json.dumps(index))


def main() -> None:
    warnings.filterwarnings("ignore")
    lite0, folder = Path(sys.argv[1]), Path(sys.argv[2])
    for name in sys.argv[3:]:
        if not (folder / name / "index.json").exists():
            print(f"bench: preparing {name}", file=sys.stderr, flush=True)
            prepare(name, lite0, folder / name)


if __name__ == "__main__":
    main()
