"""The forms in which a network's file is written: by PyTorch's exporters, and by what ONNX Runtime makes of their files."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn

NAMES: dict[str, Any] = {"input_names": ["input"], "output_names": ["logits"]}
# Images of noise from which the ranges of a quantised network are taken.
CALIBRATING_IMAGES = 16

Writer = Callable[[nn.Module, Tensor, Path], None]


def torchscript(network: nn.Module, image: Tensor, path: Path) -> None:
    """The older exporter, which traces; the number of images is left free."""
    axes = {"input": {0: "N"}, "logits": {0: "N"}}
    torch.onnx.export(network, (image,), path, dynamo=False, opset_version=17, dynamic_axes=axes, **NAMES)


def torchscript_free_size(network: nn.Module, image: Tensor, path: Path) -> None:
    """The older exporter with height and width free as well."""
    axes = {"input": {0: "N", 2: "H", 3: "W"}, "logits": {0: "N"}}
    torch.onnx.export(network, (image,), path, dynamo=False, opset_version=17, dynamic_axes=axes, **NAMES)


def dynamo(network: nn.Module, image: Tensor, path: Path) -> None:
    """The newer exporter, at its own opset and with every dimension fixed: what a call without options gives."""
    torch.onnx.export(network, (image,), path, dynamo=True, external_data=False, verbose=False, **NAMES)


def dynamo_free_size(network: nn.Module, image: Tensor, path: Path) -> None:
    """The newer exporter with the number of images, height and width free."""
    shapes = ({0: torch.export.Dim.DYNAMIC, 2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC},)
    images = image.repeat(2, 1, 1, 1)
    torch.onnx.export(
        network, (images,), path, dynamo=True, external_data=False, verbose=False, dynamic_shapes=shapes, **NAMES
    )


def dynamo_two_files(network: nn.Module, image: Tensor, path: Path) -> None:
    """The newer exporter with weights beside the model, as it writes them unless told not to."""
    torch.onnx.export(network, (image,), path, dynamo=True, verbose=False, **NAMES)
    if not path.with_name(path.name + ".data").exists():
        raise RuntimeError("no second file was written")


def torchscript_half(network: nn.Module, image: Tensor, path: Path) -> None:
    """A network that was made half precision before it was exported; its input is half precision too."""
    torchscript(copy.deepcopy(network).half(), image.half(), path)


def runtime_half(network: nn.Module, image: Tensor, path: Path) -> None:
    """A file made half precision afterwards, with casts behind its input and before its output."""
    torchscript(network, image, path)
    onnx.save(convert_float_to_float16(onnx.load(path), keep_io_types=True), path)


def runtime_extended(network: nn.Module, image: Tensor, path: Path) -> None:
    """What ONNX Runtime saves of its own optimisations, without those for one kind of processor."""
    plain = path.with_name("plain.onnx")
    torchscript(network, image, plain)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path)
    onnxruntime.InferenceSession(str(plain), options, providers=["CPUExecutionProvider"])
    plain.unlink()


def runtime_transformers(network: nn.Module, image: Tensor, path: Path) -> None:
    """What ONNX Runtime's tool for transformers makes of the file: fused attention, normalisations and activations."""
    plain = path.with_name("plain.onnx")
    torchscript(network, image, plain)
    width = max(parameter.shape[-1] for name, parameter in network.named_parameters() if "in_proj_weight" in name)
    fused = optimize_model(str(plain), model_type="vit", num_heads=width // 64, hidden_size=width, opt_level=0)
    fused.save_model_to_file(str(path))
    plain.unlink()


class Noise(CalibrationDataReader):
    """Images of noise, one after the other."""

    def __init__(self, shape: torch.Size) -> None:
        draws = torch.Generator().manual_seed(99)
        self.images = iter([torch.randn(shape, generator=draws).numpy() for _ in range(CALIBRATING_IMAGES)])

    def get_next(self) -> dict[str, numpy.ndarray] | None:
        image = next(self.images, None)
        return None if image is None else {"input": image}


def quantised(network: nn.Module, image: Tensor, path: Path, **options: Any) -> None:
    """Eight bits by ONNX Runtime's own tool, written as pairs of QuantizeLinear and DequantizeLinear."""
    plain = path.with_name("plain.onnx")
    torchscript(network, image, plain)
    # As the tool asks for before it quantises; it leaves biases as they are where they are shared.
    quant_pre_process(plain, plain, skip_symbolic_shape=True)
    quantize_static(plain, path, Noise(image.shape), quant_format=QuantFormat.QDQ, **options)
    plain.unlink()


def quantised_by_tensor(network: nn.Module, image: Tensor, path: Path) -> None:
    """With one scale a tensor, the tool's defaults."""
    quantised(network, image, path)


def quantised_by_channel(network: nn.Module, image: Tensor, path: Path) -> None:
    """With a scale for every channel of a weight, activations without signs."""
    quantised(network, image, path, per_channel=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)


FORMS: dict[str, Writer] = {
    "TorchScript": torchscript,
    "TorchScript, free size": torchscript_free_size,
    "TorchScript, half precision": torchscript_half,
    "dynamo": dynamo,
    "dynamo, free size": dynamo_free_size,
    "dynamo, two files": dynamo_two_files,
    "ONNX Runtime's half precision": runtime_half,
    "ONNX Runtime, extended": runtime_extended,
    "ONNX Runtime, for transformers": runtime_transformers,
    "QDQ": quantised_by_tensor,
    "QDQ by channel": quantised_by_channel,
}
HALF = ("TorchScript, half precision", "ONNX Runtime's half precision")
QUANTISED = ("QDQ", "QDQ by channel")
