"""torchvision's classifiers with weights from a seed, the same on every machine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torchvision import models


@dataclass(frozen=True)
class Entry:
    """How a row of the table is built. Sizes are the smallest that keep every layer's windows inside the image."""

    title: str
    make: Callable[..., nn.Module]
    size_px: int
    options: dict[str, Any] = field(default_factory=dict)


NETWORKS: dict[str, Entry] = {
    "resnet50": Entry("ResNet-50", models.resnet50, 64),
    "densenet161_places365": Entry("DenseNet-161, 365 classes", models.densenet161, 64, {"num_classes": 365}),
    "efficientnet_b0": Entry("EfficientNet-B0", models.efficientnet_b0, 64),
    "efficientnet_b4": Entry("EfficientNet-B4", models.efficientnet_b4, 64),
    "mobilenet_v2": Entry("MobileNetV2", models.mobilenet_v2, 64),
    "mobilenet_v3_large": Entry("MobileNetV3-Large", models.mobilenet_v3_large, 64),
    "squeezenet1_1": Entry("SqueezeNet 1.1", models.squeezenet1_1, 64),
    "vgg16": Entry("VGG-16", models.vgg16, 224),
    "inception_v3": Entry("Inception v3", models.inception_v3, 96, {"init_weights": False}),
    "shufflenet_v2_x1_0": Entry("ShuffleNetV2", models.shufflenet_v2_x1_0, 64),
    "regnet_y_400mf": Entry("RegNet-Y-400MF", models.regnet_y_400mf, 64),
    "mnasnet1_0": Entry("MNASNet", models.mnasnet1_0, 64),
    "convnext_tiny": Entry("ConvNeXt-Tiny", models.convnext_tiny, 64),
    "vit_b_16": Entry("ViT-B/16", models.vit_b_16, 224),
    "swin_t": Entry("Swin-T", models.swin_t, 224),
}


def build(name: str) -> nn.Module:
    """The network in evaluation mode, its parameters drawn under a seed."""
    entry = NETWORKS[name]
    torch.manual_seed(1234)
    network = entry.make(weights=None, **entry.options).eval()
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    if norms:
        calibrate(network, norms, entry.size_px)
    # ViT's last layer starts at zero, and all its logits and gradients would be.
    for parameter in network.parameters():
        if parameter.dim() > 1 and not parameter.any():
            nn.init.normal_(parameter, std=0.05)
    return network


@torch.no_grad()
def calibrate(network: nn.Module, norms: list[nn.BatchNorm2d], size_px: int) -> None:
    """Gives every BatchNorm a drawn scale and shift, and the statistics of one batch of noise.

    With arbitrary statistics the gradient of a deep network with sigmoids vanishes, and a comparison would show nothing.
    """
    draws = torch.Generator().manual_seed(4321)
    for norm in norms:
        norm.weight.copy_(torch.empty_like(norm.weight).uniform_(0.6, 1.4, generator=draws))
        norm.bias.copy_(torch.empty_like(norm.bias).uniform_(-0.2, 0.2, generator=draws))
        norm.momentum = None
        norm.reset_running_stats()
        norm.train()
    network(torch.randn(8, 3, size_px, size_px, generator=draws))
    for norm in norms:
        norm.eval()
        # Rounded, so that another processor's last digit makes no other network.
        norm.running_mean.copy_(torch.round(norm.running_mean * 1000) / 1000)
        unit = 10.0 ** (torch.floor(torch.log10(norm.running_var.clamp_min(1e-12))) - 2)
        norm.running_var.copy_((torch.round(norm.running_var / unit) * unit).clamp_min(1e-4))


def parameter_sum(network: nn.Module) -> float:
    """Sum of all absolute parameters: tells whether two machines built the same network."""
    return sum(parameter.detach().double().abs().sum().item() for parameter in network.parameters())
