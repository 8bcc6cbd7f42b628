"""Finds an input at which no activation is near a kink, so that a gradient does not depend on rounding.

A rectifier whose argument lies within rounding of zero passes its gradient in one program and stops it in another,
which changes the input's gradient by up to some hundredths of its maximum; so does a maximum of two nearly equal
values. A random image meets a few such places among millions of activations. It is moved off them, by steps far
too small to see.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

# Where the derivative of each activation jumps.
KINKS: dict[str, tuple[float, ...]] = {
    "relu": (0.0,),
    "relu_": (0.0,),
    "relu6": (0.0, 6.0),
    "hardtanh": (0.0, 6.0),
    "hardtanh_": (0.0, 6.0),
    "hardswish": (-3.0, 3.0),
    "hardsigmoid": (-3.0, 3.0),
}
# Where there is an input to be found, some dozens of steps find it.
MOST_STEPS = 80
# How far beyond the margin a step aims, in margins: first, and at most. It doubles while steps do not help, as those of a
# small margin can be too short for float32 to hold.
FIRST_REACH, MOST_REACH = 0.5, 64.0


class Distances(TorchFunctionMode):
    """Collects, over a forward pass, how far inside the margin activations are; 1 is on the kink itself.

    The margin is a share of the root mean square of a layer's activations.
    """

    def __init__(self, margin: float) -> None:
        super().__init__()
        self.margin = margin
        self.inside: list[Tensor] = []

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name in KINKS:
            for kink in KINKS[name]:
                self.note(args[0] - kink, args[0])
        elif name == "max_pool2d":
            self.pool(func, args, kwargs)
        return func(*args, **kwargs)

    def note(self, distance: Tensor, values: Tensor) -> None:
        """Keeps the distances within the margin. Exact zeros are no matter of rounding."""
        scale = values.detach().square().mean().sqrt()
        relative = distance.abs() / (self.margin * scale)
        near = (relative.detach() < 1) & (distance.detach() != 0)
        self.inside.append(1 - relative[near])

    def pool(self, func: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """The distance between the two largest values of every window."""
        names = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode")
        given = dict(zip(names, args)) | kwargs
        x, size = given["input"], pair(given["kernel_size"])
        stride, padding = pair(given.get("stride") or size), pair(given.get("padding", 0))
        # The lowest value rather than zero at the edges; a last window cut short needs its columns made up.
        room = max(size) if given.get("ceil_mode") else 0
        low = x.detach().min() - 1
        padded = F.pad(x, (padding[1], padding[1] + room, padding[0], padding[0] + room), value=float(low))
        windows = padded.unfold(2, size[0], stride[0]).unfold(3, size[1], stride[1]).flatten(4)
        best = windows.topk(2, dim=-1).values
        inner = best[..., 1].detach() > low
        self.note((best[..., 0] - best[..., 1])[inner], x)


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def input_off_kinks(network: nn.Module, shape: tuple[int, int, int], seed: int, margin: float) -> tuple[Tensor, int, int]:
    """A float32 image `(1, *shape)`, with the activations that were inside the margin at first and at last.

    Activations that do not depend on the image are left where they are: no gradient passes through them.
    `network` computes in double precision. Steps are Polyak's: as long as would bring the sum of squares to zero, if it
    fell as it does here.
    """
    draws = torch.Generator().manual_seed(seed)
    image = torch.randn(1, *shape, generator=draws).double()
    first, count, reach = -1, 0, FIRST_REACH
    for _ in range(MOST_STEPS):
        # What is measured is what float32 can hold.
        image = image.float().double().requires_grad_(True)
        with Distances(margin) as distances:
            network(image)
        inside = torch.cat(distances.inside) if distances.inside else torch.zeros(0)
        before, count = count, inside.numel()
        reach = min(2 * reach, MOST_REACH) if first >= 0 and count >= before else FIRST_REACH
        first = count if first < 0 else first
        if count == 0:
            break
        # Further than the margin, so that the step ends outside it.
        loss = (inside + reach).square().sum()
        (slope,) = torch.autograd.grad(loss, image)
        if not slope.any():
            count = 0
            break
        image = image.detach() - slope * (loss.detach() / slope.square().sum())
    return image.detach().float(), first, count
