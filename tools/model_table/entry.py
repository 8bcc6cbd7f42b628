"""What a network of the table is: how it is made, for which image, and in which forms its file is written."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

EXPORTERS = ("TorchScript", "dynamo")


@dataclass(frozen=True)
class Entry:
    """A network without trained weights. Sizes are the smallest that keep every layer's windows inside the image."""

    title: str
    make: Callable[[], nn.Module]
    # Height and width of the image that is compared.
    size_px: tuple[int, int]
    channels: int = 3
    # Those of `forms.py` in which the file is written.
    forms: tuple[str, ...] = EXPORTERS
    # The size that is exported where height and width are left free; another than the one that is compared.
    exported_px: tuple[int, int] | None = None
    # Whether the file ends in a sigmoid, which the scores and gradients are those before.
    ends_in_sigmoid: bool = False
    # Whether parameters that hold one number everywhere, such as biases of zero, are drawn too.
    draws_constants: bool = True
