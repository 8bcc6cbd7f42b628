"""The networks of the table with weights from a seed, the same on every machine."""

from functools import partial

import torch
from torch import nn
from torchvision import models

from entry import Entry
from further_networks import FURTHER


def usual(title: str, make: str, side_px: int, **options: object) -> Entry:
    """One of torchvision's classifiers, its constants left as they are made."""
    network = partial(getattr(models, make), weights=None, **options)
    return Entry(title, network, (side_px, side_px), draws_constants=False)


NETWORKS: dict[str, Entry] = {
    "resnet50": usual("ResNet-50", "resnet50", 64),
    "densenet161_places365": usual("DenseNet-161, 365 classes", "densenet161", 64, num_classes=365),
    "efficientnet_b0": usual("EfficientNet-B0", "efficientnet_b0", 64),
    "efficientnet_b4": usual("EfficientNet-B4", "efficientnet_b4", 64),
    "mobilenet_v2": usual("MobileNetV2", "mobilenet_v2", 64),
    "mobilenet_v3_large": usual("MobileNetV3-Large", "mobilenet_v3_large", 64),
    "squeezenet1_1": usual("SqueezeNet 1.1", "squeezenet1_1", 64),
    "vgg16": usual("VGG-16", "vgg16", 224),
    "inception_v3": usual("Inception v3", "inception_v3", 96, init_weights=False),
    "shufflenet_v2_x1_0": usual("ShuffleNetV2", "shufflenet_v2_x1_0", 64),
    "regnet_y_400mf": usual("RegNet-Y-400MF", "regnet_y_400mf", 64),
    "mnasnet1_0": usual("MNASNet", "mnasnet1_0", 64),
    "convnext_tiny": usual("ConvNeXt-Tiny", "convnext_tiny", 64),
    "vit_b_16": usual("ViT-B/16", "vit_b_16", 224),
    "swin_t": usual("Swin-T", "swin_t", 224),
    **FURTHER,
}


def build(name: str) -> nn.Module:
    """The network in evaluation mode, its parameters drawn under a seed."""
    entry = NETWORKS[name]
    torch.manual_seed(1234)
    network = entry.make().eval()
    if entry.draws_constants:
        draw_constants(network)
    # ViT's last layer starts at zero, and all its logits and gradients would be.
    for parameter in network.parameters():
        if parameter.dim() > 1 and not parameter.any():
            nn.init.normal_(parameter, std=0.05)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    if norms:
        calibrate(network, norms, (entry.channels, *entry.size_px))
    return network


@torch.no_grad()
def draw_constants(network: nn.Module) -> None:
    """Draws what starts as one number everywhere: a bias of zero, or a factor that nearly leaves a layer out, would hide faults."""
    for parameter in network.parameters():
        first = parameter.flatten()[0].item()
        if parameter.numel() == 1 or not (parameter == first).all():
            continue
        if first == 0:
            nn.init.normal_(parameter, std=0.05 if parameter.dim() > 1 else 0.1)
        elif first == 1:
            nn.init.uniform_(parameter, 0.6, 1.4)
        else:
            nn.init.uniform_(parameter, 0.2, 0.8)


@torch.no_grad()
def calibrate(network: nn.Module, norms: list[nn.BatchNorm2d], shape: tuple[int, int, int]) -> None:
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
    network(torch.randn(8, *shape, generator=draws))
    for norm in norms:
        norm.eval()
        # Rounded, so that another processor's last digit makes no other network.
        norm.running_mean.copy_(torch.round(norm.running_mean * 1000) / 1000)
        unit = 10.0 ** (torch.floor(torch.log10(norm.running_var.clamp_min(1e-12))) - 2)
        norm.running_var.copy_((torch.round(norm.running_var / unit) * unit).clamp_min(1e-4))


def parameter_sum(network: nn.Module) -> float:
    """Sum of all absolute parameters: tells whether two machines built the same network."""
    return sum(parameter.detach().double().abs().sum().item() for parameter in network.parameters())
