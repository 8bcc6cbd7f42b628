"""Networks beside torchvision's usual ones: timm's, CLIP's image tower, and the form of chest film classifiers.

timm and transformers are loaded when a network of theirs is made: the benchmark needs neither.
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torchvision import models

from entry import Entry

CLIP_CLASSES = 10


def from_timm(name: str, **options: Any) -> nn.Module:
    """One of timm's networks, without looking for weights."""
    import timm

    return timm.create_model(name, pretrained=False, **options)


def dino_without_antialias() -> nn.Module:
    """DINOv2 as its authors' code resizes the table of positions, which the older exporter knows too."""
    from timm.models import vision_transformer

    vision_transformer.resample_abs_pos_embed = partial(vision_transformer.resample_abs_pos_embed, antialias=False)
    return dino()


def dino() -> nn.Module:
    """DINOv2 with ten classes, for any size that is a multiple of its patches of 14 pixels."""
    return from_timm("vit_small_patch14_dinov2", num_classes=10, dynamic_img_size=True)


class ClipZeroShot(nn.Module):
    """CLIP's image tower (ViT-B/32) and the texts of some classes: a hundred times the cosine with each."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

        self.tower = CLIPVisionModelWithProjection(CLIPVisionConfig())
        texts = torch.randn(self.tower.config.projection_dim, CLIP_CLASSES)
        self.register_buffer("texts", texts / texts.norm(dim=0))

    def forward(self, image: Tensor) -> Tensor:
        embedding = self.tower(pixel_values=image).image_embeds
        return 100 * (embedding / embedding.norm(dim=-1, keepdim=True)) @ self.texts


def chest_film_densenet() -> nn.Module:
    """DenseNet-121 for one grey channel and 18 findings that do not exclude each other."""
    network = models.densenet121(weights=None, num_classes=18)
    network.features.conv0 = nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False)
    return network


FURTHER: dict[str, Entry] = {
    "resnetv2_50x1_bit": Entry("BiT ResNetV2-50x1 (timm)", partial(from_timm, "resnetv2_50x1_bit"), (64, 64)),
    "efficientformer_l1": Entry("EfficientFormer-L1 (timm)", partial(from_timm, "efficientformer_l1"), (224, 224)),
    "mobilevit_xxs": Entry("MobileViT-XXS (timm)", partial(from_timm, "mobilevit_xxs"), (128, 128)),
    "deit_tiny": Entry("DeiT-Ti (timm)", partial(from_timm, "deit_tiny_patch16_224"), (224, 224)),
    "deit_tiny_distilled": Entry("DeiT-Ti distilled (timm)", partial(from_timm, "deit_tiny_distilled_patch16_224"), (224, 224)),
    "dinov2_small": Entry("DINOv2 ViT-S/14, free size (timm)", dino, (70, 98), forms=("dynamo, free size",), exported_px=(56, 84)),
    "dinov2_small_plain": Entry(
        "DINOv2 ViT-S/14, free size, positions without antialiasing (timm)",
        dino_without_antialias,
        (70, 98),
        forms=("TorchScript, free size", "dynamo, free size"),
        exported_px=(56, 84),
    ),
    "convnextv2_atto": Entry("ConvNeXt V2-Atto (timm)", partial(from_timm, "convnextv2_atto"), (64, 64)),
    "maxvit_t": Entry("MaxViT-T", partial(models.maxvit_t, weights=None), (224, 224)),
    "clip_vit_b_32": Entry("CLIP ViT-B/32, image tower and ten texts (transformers)", ClipZeroShot, (224, 224)),
    "chest_densenet121": Entry(
        "DenseNet-121, one channel, 18 sigmoids", chest_film_densenet, (64, 64), channels=1, ends_in_sigmoid=True
    ),
    "mobilenet_v2_qdq": Entry(
        "MobileNetV2, quantised", partial(models.mobilenet_v2, weights=None), (64, 64), forms=("QDQ", "QDQ by channel")
    ),
    "vit_b_16_forms": Entry(
        "ViT-B/16",
        partial(models.vit_b_16, weights=None),
        (224, 224),
        forms=(
            "dynamo, two files",
            "TorchScript, half precision",
            "ONNX Runtime's half precision",
            "ONNX Runtime, extended",
            "ONNX Runtime, for transformers",
        ),
    ),
}
