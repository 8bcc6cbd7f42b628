"""Turns the pickled weights of SqueezeNet 1.1, as the package ndf carries them, into ONNX."""

import io
import pickle
import sys
from array import array
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).parent.parent))
from onnx_file import Graph  # noqa: E402

# The three max pools come before these; every other fire module follows the one before it.
POOLED = ("fire2", "fire4", "fire6")


class ArraysOnly(pickle.Unpickler):
    """Knows what a pickled array needs; anything else in the file is refused, not run."""

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("numpy.core.multiarray", "_reconstruct"):
            # Makes an empty array of the class it is given, which can only be one of the two below.
            return lambda kind, shape, code: numpy.ndarray.__new__(numpy.ndarray, shape, code)
        if (module, name) in (("numpy", "ndarray"), ("numpy", "dtype")):
            return getattr(numpy, name)
        raise ValueError(f"the weights file names {module}.{name}, which a weights file has no need of")


def convert(data: bytes) -> bytes:
    """The ONNX file: blue, green, red at the input, logits at the output, 227 pixels a side."""
    weights = ArraysOnly(io.BytesIO(data)).load()
    graph = Graph("squeezenet-1.1")

    def conv(name: str, x: str, stride: int = 1) -> str:
        # Height, width, in, out.
        kernel, bias = weights[name]
        side, label = kernel.shape[0], name.replace("/", ".")
        inputs = [x]
        for part, values in (("kernel", kernel.transpose(3, 2, 0, 1)), ("bias", bias)):
            listed = array("f", numpy.ascontiguousarray(values, "<f4").tobytes())
            inputs.append(graph.initializer(f"{label}.{part}", values.shape, listed))
        # At these sizes "same" puts no more than one pixel on each edge, and none where the stride is 2.
        edge = side // 2 if stride == 1 else 0
        pads, strides = [edge] * 4, [stride] * 2
        return graph.node("Conv", label, inputs, kernel_shape=[side] * 2, pads=pads, strides=strides)

    def relu(x: str) -> str:
        return graph.node("Relu", f"{x}.relu", [x])

    x = relu(conv("conv1", "image", stride=2))
    for number in range(2, 10):
        fire = f"fire{number}"
        if fire in POOLED:
            x = graph.node("MaxPool", f"{fire}.pool", [x], kernel_shape=[3, 3], strides=[2, 2])
        squeezed = relu(conv(f"{fire}/squeeze1x1", x))
        branches = [relu(conv(f"{fire}/{branch}", squeezed)) for branch in ("expand1x1", "expand3x3")]
        x = graph.node("Concat", f"{fire}.concat", branches, axis=1)
    x = conv("conv10", x)
    x = graph.node("GlobalAveragePool", "pool", [x])
    graph.node("Flatten", "flatten", [x], output="logits", axis=1)
    return graph.serialise([("image", ("N", 3, 227, 227))], [("logits", ("N", 1000))])
