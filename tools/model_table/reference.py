"""Logits and input gradients by PyTorch, which are not trusted unseen either.

The way back through BatchNorm, for gradients whose channels lie innermost, was seen to give wrong numbers on the CPU, in
single and double precision alike (PyTorch 2.15, EfficientFormer's last convolutions). So gradients are laid out anew before
they reach one, and every gradient in double precision is held against differences of the logit.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

# How long a step is, as a share of the length of the image, and how much of the gradient's length the two may be apart.
STEP = 1e-7
AGREES = 1e-4
DIRECTIONS = 3


class HalfConstants(TorchFunctionMode):
    """GELU with its root of two as a file in half precision holds it, which is what such a file computes."""

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") == "gelu":
            root = torch.tensor(2.0).sqrt().half().double()
            return 0.5 * args[0] * (1 + torch.erf(args[0] / root))
        return func(*args, **(kwargs or {}))


def with_laid_out_gradients(network: nn.Module) -> nn.Module:
    """The same network, whose BatchNorms are handed gradients in the order of the axes."""

    def hook(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if output.requires_grad:
            output.register_hook(lambda gradient: gradient.contiguous())

    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.register_forward_hook(hook)
    return network


def input_gradient(network: nn.Module, image: Tensor, target: int) -> tuple[Tensor, Tensor]:
    """Logits, and the gradient of the target's by the image."""
    image = image.clone().requires_grad_(True)
    logits = network(image)
    (gradient,) = torch.autograd.grad(logits[0, target], image)
    return logits.detach(), gradient


@torch.no_grad()
def check_gradient(network: nn.Module, image: Tensor, target: int, gradient: Tensor) -> None:
    """Stops where a gradient in double precision is not what the logit's differences say."""
    draws = torch.Generator().manual_seed(5)
    for _ in range(DIRECTIONS):
        direction = torch.randn(image.shape, generator=draws).double()
        step = STEP * image.norm() / direction.norm()
        ends = (network(image + sign * step * direction)[0, target] for sign in (1, -1))
        difference = (next(ends) - next(ends)) / (2 * step)
        apart = (difference - (gradient * direction).sum()).abs() / gradient.norm()
        if not apart < AGREES:
            raise ArithmeticError(f"PyTorch's gradient is {apart:.1e} from the logit's own differences")
