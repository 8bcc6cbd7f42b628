"""The benchmark's networks as plain PyTorch modules: torchvision's, and EfficientNet-Lite0 from its ONNX file."""

import sys
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parent.parent / "model_table"))
from networks import build  # noqa: E402


def load(name: str, lite0: Path) -> nn.Module:
    """The network in evaluation mode; only gradients by its input can be asked for."""
    network = Lite0(lite0).eval() if name == "efficientnet_lite0" else build(name)
    return network.requires_grad_(False)


def tensor(array: onnx.TensorProto) -> Tensor:
    """A weight of the file."""
    return torch.from_numpy(numpy_helper.to_array(array).copy())


class Lite0(nn.Module):
    """The modules of EfficientNet-Lite0 in the order of its file, BatchNorm a module of its own as in training."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        graph = onnx.load(path).graph
        weights = {array.name: array for array in graph.initializer}
        self.modules_in_order = nn.ModuleList()
        self.wires: list[tuple[list[str], str, bool]] = []
        for node in graph.node:
            inputs = [name for name in node.input if name not in weights]
            module = self.module(node, [tensor(weights[name]) for name in node.input if name in weights])
            self.modules_in_order.append(module)
            self.wires.append((inputs, node.output[0], node.op_type == "Add"))

    @staticmethod
    def module(node: onnx.NodeProto, weights: list[Tensor]) -> nn.Module:
        """The module for a node."""
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Conv":
            top, left, bottom, right = attributes["pads"]
            even = top == bottom and left == right
            outputs, inputs, *window = weights[0].shape
            group = attributes.get("group", 1)
            conv = nn.Conv2d(
                inputs * group, outputs, window, attributes["strides"], (top, left) if even else 0, groups=group, bias=False
            )
            conv.weight = nn.Parameter(weights[0])
            return conv if even else nn.Sequential(nn.ZeroPad2d((left, right, top, bottom)), conv)
        if node.op_type == "BatchNormalization":
            norm = nn.BatchNorm2d(len(weights[0]), eps=attributes["epsilon"])
            norm.weight, norm.bias = nn.Parameter(weights[0]), nn.Parameter(weights[1])
            norm.running_mean, norm.running_var = weights[2], weights[3]
            return norm
        if node.op_type == "Gemm":
            linear = nn.Linear(*reversed(weights[0].shape))
            linear.weight, linear.bias = nn.Parameter(weights[0]), nn.Parameter(weights[1])
            return linear
        modules = {"Clip": nn.ReLU6, "Add": nn.Identity, "Flatten": nn.Flatten, "GlobalAveragePool": lambda: nn.AdaptiveAvgPool2d(1)}
        return modules[node.op_type]()

    def forward(self, image: Tensor) -> Tensor:
        values = {"input": image}
        for module, (inputs, output, is_sum) in zip(self.modules_in_order, self.wires, strict=True):
            if is_sum:
                values[output] = values[inputs[0]] + values[inputs[1]]
            else:
                values[output] = module(values[inputs[0]])
        return values[output]
