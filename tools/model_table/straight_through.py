"""Evaluates a quantised graph in double precision, with gradients that pass its roundings straight through.

A rounding hands its gradient on unchanged where the rounded value fits the type, and none where it is held at a bound.
Only the operators of a convolutional network that ONNX Runtime's tool has quantised are known.
"""

from typing import Any

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor

BOUNDS = {onnx.TensorProto.UINT8: (0, 255), onnx.TensorProto.INT8: (-128, 127)}


class Rounding(torch.autograd.Function):
    """The nearest whole number, halves to the even one, moved by the zero point and held within bounds."""

    @staticmethod
    def forward(context: Any, value: Tensor, zero: Tensor, low: int, high: int) -> Tensor:
        rounded = torch.round(value) + zero
        context.save_for_backward((rounded >= low) & (rounded <= high))
        return rounded.clamp(low, high)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        (inside,) = context.saved_tensors
        return gradient * inside, None, None, None


class StraightThrough(torch.nn.Module):
    """The graph of a file."""

    def __init__(self, model: onnx.ModelProto) -> None:
        super().__init__()
        graph = model.graph
        self.nodes = list(graph.node)
        self.weights = {array.name: torch.from_numpy(numpy_helper.to_array(array).copy()) for array in graph.initializer}
        self.types = {array.name: array.data_type for array in graph.initializer}
        self.input, self.output = graph.input[0].name, graph.output[0].name

    def forward(self, image: Tensor) -> Tensor:
        values = {self.input: image} | {name: self.real(value) for name, value in self.weights.items()}
        for node in self.nodes:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            given = [values[name] if name else None for name in node.input]
            values[node.output[0]] = self.apply(node, given, attributes)
        return values[self.output]

    def last_step(self) -> float:
        """How far apart two neighbouring scores are."""
        (last,) = (node for node in self.nodes if self.output in node.output)
        return float(self.weights[last.input[1]]) if last.op_type == "DequantizeLinear" else 0.0

    @staticmethod
    def real(value: Tensor) -> Tensor:
        return value if value.dtype == torch.int64 else value.double()

    def apply(self, node: onnx.NodeProto, given: list[Any], attributes: dict[str, Any]) -> Tensor:
        """What a node gives."""
        x = given[0] if given else None
        match node.op_type:
            case "QuantizeLinear":
                axis = attributes.get("axis", 1)
                scale, zero = (along(value, x, axis) for value in given[1:3])
                low, high = BOUNDS[self.types[node.input[2]]]
                return Rounding.apply(x / scale, zero, low, high)
            case "DequantizeLinear":
                axis = attributes.get("axis", 1)
                scale, zero = (along(value, x, axis) for value in given[1:3])
                return (x - zero) * scale
            case "Conv":
                pads = attributes.get("pads", [0, 0, 0, 0])
                padded = F.pad(x, (pads[1], pads[3], pads[0], pads[2]))
                strides, groups = attributes.get("strides", [1, 1]), attributes.get("group", 1)
                return F.conv2d(padded, given[1], given[2] if len(given) > 2 else None, strides, groups=groups)
            case "Gemm":
                weight = given[1].T if attributes.get("transB") else given[1]
                return x @ weight + given[2]
            case "Constant":
                return self.real(torch.from_numpy(numpy_helper.to_array(attributes["value"]).copy()))
            case "Identity":
                return x
            case "Add":
                return x + given[1]
            case "Relu":
                return F.relu(x)
            case "Clip":
                return x.clamp(float(given[1]), float(given[2]))
            case "GlobalAveragePool":
                return x.mean((2, 3), keepdim=True)
            case "ReduceMean":
                axes = attributes.get("axes") or given[1].tolist()
                return x.mean(tuple(axes), keepdim=bool(attributes.get("keepdims", 1)))
            case "Flatten":
                return x.flatten(attributes.get("axis", 1))
            case _:
                raise NotImplementedError(f"{node.op_type} of a quantised graph")


def along(value: Tensor, x: Tensor, axis: int) -> Tensor:
    """Numbers along an axis of `x`, or one for all."""
    if value.numel() == 1:
        return value.reshape(())
    shape = [1] * x.dim()
    shape[axis] = -1
    return value.reshape(shape)
