"""Writes the files that fuzzing starts from: one small classifier for every operator and form that exporters write.

    pip install onnx numpy && python tests/fuzz/make_corpus.py
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OUT = Path(__file__).with_name("corpus")
random = np.random.default_rng(0)


def floats(name, *shape):
    return numpy_helper.from_array(random.standard_normal(shape).astype(np.float32), name)


def ints(name, values):
    return numpy_helper.from_array(np.array(values, np.int64), name)


def write(name, nodes, tensors=(), opset=17, shape=("n", 3, 8, 8), tail=None):
    """`nodes` lead from `x` to `v`; the tail makes class scores of it."""
    tail = tail or [
        helper.make_node("GlobalAveragePool", ["v"], ["p"]),
        helper.make_node("Flatten", ["p"], ["y"]),
    ]
    graph = helper.make_graph(
        [*nodes, *tail],
        name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ("n", None))],
        list(tensors),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="corpus")
    model.ir_version = 8
    onnx.save(model, OUT / f"{name}.onnx")


def one(name, op, inputs=(), tensors=(), opset=17, **attributes):
    write(name, [helper.make_node(op, ["x", *inputs], ["v"], **attributes)], tensors, opset)


OUT.mkdir(exist_ok=True)
for old in OUT.glob("*.onnx"):
    old.unlink()

# Convolutions and what is fused behind them.
for name, weight, attributes in [
    ("conv", (4, 3, 3, 3), dict(pads=[1, 1, 1, 1], kernel_shape=[3, 3])),
    ("conv_strided", (4, 3, 3, 3), dict(strides=[2, 2], pads=[0, 1, 1, 0])),
    ("conv_dilated", (4, 3, 2, 2), dict(dilations=[2, 2])),
    ("conv_depthwise", (6, 1, 3, 3), dict(group=3, auto_pad="SAME_UPPER")),
    ("conv_same_lower", (4, 3, 2, 2), dict(auto_pad="SAME_LOWER", strides=[2, 2])),
]:
    one(name, "Conv", ["w", "b"], [floats("w", *weight), floats("b", weight[0])], **attributes)
one("conv_transpose", "ConvTranspose", ["w"], [floats("w", 3, 4, 2, 2)], strides=[2, 2])
norm = [floats(n, 4) for n in "sb"] + [floats("m", 4), numpy_helper.from_array(np.ones(4, np.float32), "q")]
write(
    "conv_norm_clip",
    [
        helper.make_node("Conv", ["x", "w"], ["c"], kernel_shape=[1, 1]),
        helper.make_node("BatchNormalization", ["c", "s", "b", "m", "q"], ["n1"], epsilon=1e-3),
        helper.make_node("Clip", ["n1", "low", "high"], ["v"]),
    ],
    [floats("w", 4, 3, 1, 1), *norm, *[numpy_helper.from_array(np.float32(v), n) for n, v in (("low", 0), ("high", 6))]],
)

# Activations and arithmetic.
for op in ["Relu", "Sigmoid", "Tanh", "HardSwish", "Mish", "Softplus", "Erf", "Exp", "Abs", "Neg", "Sqrt", "Elu", "Selu"]:
    one(op.lower(), op, opset=18)
one("gelu", "Gelu", opset=20)
one("leaky_relu", "LeakyRelu", alpha=0.1)
one("hard_sigmoid", "HardSigmoid", alpha=0.2, beta=0.5)
one("clip_attributes", "Clip", opset=9, min=0.0, max=6.0)
one("prelu", "PRelu", ["k"], [floats("k", 3, 1, 1)])
for op in ["Add", "Sub", "Mul", "Div", "Pow", "Min", "Max"]:
    one(op.lower(), op, ["k"], [floats("k", 3, 1, 1)])
write(
    "where",
    [helper.make_node("Greater", ["x", "k"], ["g"]), helper.make_node("Where", ["g", "x", "k"], ["v"])],
    [floats("k", 1)],
)
write(
    "swish",
    [helper.make_node("Sigmoid", ["x"], ["s"]), helper.make_node("Mul", ["x", "s"], ["v"])],
)

# Pools, normalisation, reductions.
one("max_pool", "MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1)
one("average_pool", "AveragePool", kernel_shape=[2, 2], strides=[2, 2], count_include_pad=1, pads=[1, 1, 0, 0])
one("instance_norm", "InstanceNormalization", ["s", "b"], [floats("s", 3), floats("b", 3)])
one("layer_norm", "LayerNormalization", ["s"], [floats("s", 8)], axis=-1)
one("lrn", "LRN", size=3)
one("softmax", "Softmax", axis=1)
one("reduce_mean", "ReduceMean", axes=[2, 3], keepdims=1)
one("reduce_mean_input", "ReduceMean", ["k"], [ints("k", [-1, -2])], opset=18)
one("reduce_l2", "ReduceL2", axes=[1])

# Shapes.
one("reshape", "Reshape", ["k"], [ints("k", [0, -1, 4, 4])])
one("transpose", "Transpose", perm=[0, 2, 3, 1])
one("slice", "Slice", ["a", "b", "c", "d"], [ints("a", [1, -1]), ints("b", [7, -9]), ints("c", [2, 3]), ints("d", [2, -2])])
one("pad", "Pad", ["k"], [ints("k", [0, 0, 1, 2, 0, 0, 3, 4])], mode="reflect")
one("expand", "Expand", ["k"], [ints("k", [2, 1, 1, 1, 1])])
one("tile", "Tile", ["k"], [ints("k", [1, 2, 1, 3])])
one("resize", "Resize", ["", "k"], [numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "k")], mode="nearest")
one("resize_sizes", "Resize", ["", "", "k"], [ints("k", [1, 3, 5, 11])], mode="linear")
one("gather", "Gather", ["k"], [ints("k", [2, 0, -1])], axis=1)
one("depth_to_space", "SpaceToDepth", blocksize=2)
write(
    "split_concat",
    [
        helper.make_node("Split", ["x", "k"], ["a", "b"], axis=1),
        helper.make_node("Concat", ["b", "a", "x"], ["v"], axis=1),
    ],
    [ints("k", [1, 2])],
)
write(
    "squeeze",
    [
        helper.make_node("Unsqueeze", ["x", "k"], ["u"]),
        helper.make_node("Squeeze", ["u", "k"], ["v"]),
    ],
    [ints("k", [2])],
)
# What the older PyTorch exporter makes of `x.view(x.size(0), -1)`.
write(
    "shape_arithmetic",
    [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Constant", [], ["zero"], value=ints("", 0)),
        helper.make_node("Gather", ["s", "zero"], ["batch"], axis=0),
        helper.make_node("Unsqueeze", ["batch", "first"], ["row"]),
        helper.make_node("Concat", ["row", "rest"], ["target"], axis=0),
        helper.make_node("Reshape", ["x", "target"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w", "b"], ["y"], transB=1, alpha=0.5),
    ],
    [ints("first", [0]), ints("rest", [-1]), floats("w", 5, 192), floats("b", 5)],
    tail=[helper.make_node("Identity", ["y"], ["z"])],
)
write(
    "filled",
    [
        helper.make_node("ConstantOfShape", ["k"], ["f"], value=helper.make_tensor("v", TensorProto.FLOAT, [1], [2.0])),
        helper.make_node("Range", ["from", "to", "by"], ["r"]),
        helper.make_node("Cast", ["r"], ["c"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["f", "c"], ["m"]),
        helper.make_node("Add", ["x", "m"], ["v"]),
    ],
    [ints("k", [8, 1]), ints("from", 0), ints("to", 8), ints("by", 1)],
)

# Products.
flat = [helper.make_node("Flatten", ["x"], ["f"])]
write("matmul", [*flat, helper.make_node("MatMul", ["f", "w"], ["y"])], [floats("w", 192, 5)], tail=[helper.make_node("Identity", ["y"], ["z"])])
write(
    "attention",
    [
        helper.make_node("Transpose", ["x"], ["t"], perm=[0, 1, 3, 2]),
        helper.make_node("MatMul", ["x", "t"], ["a"]),
        helper.make_node("Softmax", ["a"], ["b"], axis=-1),
        helper.make_node("MatMul", ["b", "x"], ["v"]),
    ],
)
write(
    "einsum",
    [helper.make_node("Einsum", ["x", "w"], ["v"], equation="nchw,cd->ndhw")],
    [floats("w", 3, 4)],
)

# Other ways to store the same numbers.
half = numpy_helper.from_array(random.standard_normal((4, 3, 1, 1)).astype(np.float16), "w")
write(
    "half_precision",
    [helper.make_node("Cast", ["w"], ["f"], to=TensorProto.FLOAT), helper.make_node("Conv", ["x", "f"], ["v"])],
    [half],
)
listed = helper.make_tensor("w", TensorProto.FLOAT, (4, 3, 1, 1), list(random.standard_normal(12)))
one("listed_numbers", "Conv", ["w"], [listed])
write(
    "quantised",
    [
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["w"]),
        helper.make_node("Conv", ["x", "w"], ["v"]),
    ],
    [
        numpy_helper.from_array(random.integers(0, 255, (4, 3, 1, 1)).astype(np.uint8), "q"),
        numpy_helper.from_array(np.float32(0.1), "scale"),
        numpy_helper.from_array(np.uint8(128), "zero"),
    ],
)
total = sum(path.stat().st_size for path in OUT.glob("*.onnx"))
print(f"{len(list(OUT.glob('*.onnx')))} files, {total} bytes")
