"""Turns a Keras .h5 classifier into ONNX the way tf2onnx does: pixels last at the input, then a Transpose."""

import json
import sys
from array import array
from pathlib import Path
from typing import Any

import h5py
import numpy

sys.path.insert(0, str(Path(__file__).parent.parent))
from onnx_file import Graph  # noqa: E402

Layer = dict[str, Any]


def floats(values: numpy.ndarray) -> array:
    return array("f", numpy.ascontiguousarray(values, "<f4").tobytes())


def sources(layer: Layer) -> list[str]:
    """Names of the layers a layer reads, in Keras 2's notation or Keras 3's."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "keras_history" in value:
                found.append(value["keras_history"][0])
            else:
                for inner in value.values():
                    walk(inner)
        elif isinstance(value, list):
            if len(value) == 4 and isinstance(value[0], str) and isinstance(value[3], dict):
                found.append(value[0])
            else:
                for inner in value:
                    walk(inner)

    walk(layer.get("inbound_nodes", []))
    return found


def flat(layers: list[Layer]) -> list[Layer]:
    """Layers in order, a model inside the model replaced by its own; the first one's input is the image."""
    result: list[Layer] = []
    renamed: dict[str, str] = {}
    for layer in layers:
        inner = layer["config"].get("layers")
        if inner is not None:
            nested = flat(inner)
            renamed |= {entry["name"]: sources(layer)[0] for entry in nested if entry["class_name"] == "InputLayer"}
            nested = [entry for entry in nested if entry["class_name"] != "InputLayer"]
            renamed[layer["config"]["name"]] = nested[-1]["name"]
            result += nested
        else:
            result.append({"name": layer["config"]["name"], "reads": sources(layer), **layer})
    for layer in result:
        layer["reads"] = [renamed.get(name, name) for name in layer["reads"]]
    return result


class Converter:
    """Adds one node, or a few, for every layer."""

    def __init__(self, file: h5py.File, name: str) -> None:
        self.graph = Graph(name)
        self.weights: dict[str, numpy.ndarray] = {}
        file["model_weights"].visititems(self.keep)
        self.values: dict[str, str] = {}
        self.padding: dict[str, list[int]] = {}

    def keep(self, path: str, item: Any) -> None:
        """By layer and role: `block_1_expand/kernel`."""
        if isinstance(item, h5py.Dataset):
            layer, role = path.split("/")[-2:]
            self.weights[f"{layer}/{role.removesuffix(':0')}"] = item[()]

    def constant(self, name: str, values: numpy.ndarray) -> str:
        return self.graph.initializer(name, values.shape, floats(values))

    def add(self, layer: Layer) -> None:
        name, options = layer["name"], layer["config"]
        kind = layer["class_name"]
        inputs = [self.values[source] for source in layer["reads"]]
        if kind in ("Conv2D", "DepthwiseConv2D"):
            output = self.convolution(name, kind, options, layer["reads"][0], inputs[0])
        elif kind == "ZeroPadding2D":
            (top, bottom), (left, right) = options["padding"]
            self.padding[name] = [top, left, bottom, right]
            output = inputs[0]
        else:
            output = getattr(self, kind.lower())(name, options, inputs)
        if options.get("activation") == "softmax":
            output = self.graph.node("Softmax", f"{name}.softmax", [output], axis=1)
        self.values[name] = output

    def convolution(self, name: str, kind: str, options: Layer, source: str, x: str) -> str:
        kernel = self.weights[f"{name}/kernel"]
        # Keras has height, width, in, out; of a depthwise one the last is how many each channel becomes.
        axes = (2, 3, 0, 1) if kind == "DepthwiseConv2D" else (3, 2, 0, 1)
        inputs = [x, self.constant(f"{name}.kernel", kernel.transpose(axes))]
        if options["use_bias"]:
            inputs.append(self.constant(f"{name}.bias", self.weights[f"{name}/bias"]))
        same = options["padding"] == "same"
        place = {"auto_pad": "SAME_UPPER"} if same else {"pads": self.padding.get(source, [0, 0, 0, 0])}
        return self.graph.node(
            "Conv",
            name,
            inputs,
            group=kernel.shape[2] if kind == "DepthwiseConv2D" else 1,
            kernel_shape=list(kernel.shape[:2]),
            strides=list(options["strides"]),
            **place,
        )

    def batchnormalization(self, name: str, options: Layer, inputs: list[str]) -> str:
        roles = ("gamma", "beta", "moving_mean", "moving_variance")
        parts = [self.constant(f"{name}.{role}", self.weights[f"{name}/{role}"]) for role in roles]
        return self.graph.node("BatchNormalization", name, [*inputs, *parts], epsilon=float(options["epsilon"]))

    def activation(self, name: str, options: Layer, inputs: list[str]) -> str:
        if options["activation"] != "relu":
            raise ValueError(f"{name}: the activation {options['activation']} is not known")
        return self.graph.node("Relu", name, inputs)

    def relu(self, name: str, options: Layer, inputs: list[str]) -> str:
        low = self.constant(f"{name}.low", numpy.float32(0).reshape(()))
        high = self.constant(f"{name}.high", numpy.float32(options["max_value"]).reshape(()))
        return self.graph.node("Clip", name, [*inputs, low, high])

    def add_(self, name: str, options: Layer, inputs: list[str]) -> str:
        return self.graph.node("Add", name, inputs)

    def averagepooling2d(self, name: str, options: Layer, inputs: list[str]) -> str:
        return self.graph.node(
            "AveragePool", name, inputs, kernel_shape=list(options["pool_size"]), strides=list(options["strides"])
        )

    def globalaveragepooling2d(self, name: str, options: Layer, inputs: list[str]) -> str:
        pooled = self.graph.node("GlobalAveragePool", name, inputs)
        return self.graph.node("Flatten", f"{name}.flat", [pooled], axis=1)

    def flatten(self, name: str, options: Layer, inputs: list[str]) -> str:
        return self.graph.node("Flatten", name, inputs, axis=1)

    def dropout(self, name: str, options: Layer, inputs: list[str]) -> str:
        return inputs[0]

    def dense(self, name: str, options: Layer, inputs: list[str]) -> str:
        weight = self.constant(f"{name}.kernel", self.weights[f"{name}/kernel"])
        bias = self.constant(f"{name}.bias", self.weights[f"{name}/bias"])
        return self.graph.node("Gemm", name, [*inputs, weight, bias])


def convert(path: Path, name: str) -> bytes:
    """The ONNX file of the .h5 file at `path`. Its last layer's softmax stays, as exporters leave it."""
    with h5py.File(path) as file:
        config = json.loads(file.attrs["model_config"])["config"]
        converter = Converter(file, name)
        layers = flat(config["layers"])
        for layer in layers:
            if layer["class_name"] == "InputLayer":
                options = layer["config"]
                _, height, width, channels = options.get("batch_shape") or options["batch_input_shape"]
                image = converter.graph.node("Transpose", "channels_first", ["image"], perm=[0, 3, 1, 2])
                converter.values[layer["name"]] = image
            elif layer["class_name"] == "Add":
                inputs = [converter.values[source] for source in layer["reads"]]
                converter.values[layer["name"]] = converter.add_(layer["name"], {}, inputs)
            else:
                converter.add(layer)
        classes = layers[-1]["config"]["units"]
        converter.graph.node("Identity", "identity", [converter.values[layers[-1]["name"]]], output="probabilities")
    return converter.graph.serialise(
        [("image", ("N", height, width, channels))], [("probabilities", ("N", classes))]
    )
