"""Writes ONNX files with the standard library alone. Field numbers are those of onnx.proto."""

import math
import struct
import sys
from array import array

OPSET = 17
IR_VERSION = 8


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer(field, value):
    return varint(field << 3) + varint(value)


def blob(field, value):
    data = value.encode() if isinstance(value, str) else bytes(value)
    return varint(field << 3 | 2) + varint(len(data)) + data


def tensor(name, shape, values):
    """A TensorProto of float32."""
    if sys.byteorder == "big":
        values = array("f", values)
        values.byteswap()
    dims = b"".join(integer(1, size) for size in shape)
    return dims + integer(2, 1) + blob(8, name) + blob(9, values.tobytes())


def attribute(name, value):
    """An AttributeProto holding a real number, an integer, a text or a list of integers."""
    if isinstance(value, float):
        return blob(1, name) + varint(2 << 3 | 5) + struct.pack("<f", value) + integer(20, 1)
    if isinstance(value, int):
        return blob(1, name) + integer(3, value) + integer(20, 2)
    if isinstance(value, str):
        return blob(1, name) + blob(4, value) + integer(20, 3)
    return blob(1, name) + b"".join(integer(8, v) for v in value) + integer(20, 7)


def value_info(name, shape):
    """A ValueInfoProto of float32; names in `shape` are symbolic."""
    dims = b"".join(
        blob(1, blob(2, size) if isinstance(size, str) else integer(1, size)) for size in shape
    )
    return blob(1, name) + blob(2, blob(1, integer(1, 1) + blob(2, dims)))


class Graph:
    """Nodes and initialisers in the order they were added; each method returns the name of its output."""

    def __init__(self, name):
        self.name, self.nodes, self.initializers = name, [], []

    def initializer(self, name, shape, values):
        """Float32 values in row-major order, as an `array("f")`."""
        count = math.prod(shape)
        if len(values) != count:
            raise ValueError(f"{name}: {len(values)} values for shape {shape}")
        self.initializers.append(tensor(name, shape, values))
        return name

    def node(self, op, name, inputs, output=None, **attributes):
        output = output or name
        body = b"".join(blob(1, i) for i in inputs) + blob(2, output) + blob(3, name) + blob(4, op)
        body += b"".join(blob(5, attribute(k, v)) for k, v in sorted(attributes.items()))
        self.nodes.append(body)
        return output

    def serialise(self, inputs, outputs, metadata=()):
        """The file's bytes. Inputs and outputs are names with shapes, metadata keys with values."""
        graph = b"".join(blob(1, n) for n in self.nodes) + blob(2, self.name)
        graph += b"".join(blob(5, i) for i in self.initializers)
        graph += b"".join(blob(11, value_info(*i)) for i in inputs)
        graph += b"".join(blob(12, value_info(*o)) for o in outputs)
        model = integer(1, IR_VERSION) + blob(2, "gradlens") + blob(3, "1") + blob(7, graph)
        model += blob(8, blob(1, "") + integer(2, OPSET))
        return model + b"".join(blob(14, blob(1, key) + blob(2, value)) for key, value in metadata)
