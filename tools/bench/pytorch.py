"""PyTorch in a process of its own: answers each line, a task as JSON, with its wall and CPU time.

    pytorch.py NAME LITE0.onnx THREADS
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from eager import load

SIZE_PX = 224
SPREAD = 0.15
PERCENTILE = 0.85
# Noisy copies in one pass; the fastest is used, which is decided before anything is timed.
BATCHES = (1, 5, 20)


def input_gradients(network: nn.Module, images: Tensor, target: int) -> Tensor:
    """Gradients of the target's logit by a batch of images."""
    images.requires_grad_(True)
    (gradients,) = torch.autograd.grad(network(images)[:, target].sum(), images)
    return gradients


def guided_absolute_grad(network: nn.Module, image: Tensor, target: int, samples: int, batch: int) -> Tensor:
    """The whole job, from noise to map."""
    std = SPREAD * (image.max() - image.min())
    magnitudes = []
    for first in range(0, samples, batch):
        noise = torch.randn(min(batch, samples - first), *image.shape[1:])
        magnitudes.append(input_gradients(network, image + std * noise, target).abs())
    stacked = torch.cat(magnitudes)
    mean, variance = stacked.mean(0), stacked.var(0, unbiased=False)
    thresholds = torch.quantile(variance.flatten(1), PERCENTILE, dim=1)[:, None, None]
    return (mean * torch.where(variance > thresholds, 1.0, variance)).sum(0)


class Tasks:
    """What one network is timed at."""

    def __init__(self, name: str, lite0: Path) -> None:
        self.network = load(name, lite0)
        torch.manual_seed(7)
        self.image = torch.randn(1, 3, SIZE_PX, SIZE_PX)
        self.target = int(self.network(self.image).argmax())
        self.batch = 1

    def run(self, task: str, samples: int) -> None:
        """Does the task once."""
        if task == "gradient":
            input_gradients(self.network, self.image.clone(), self.target)
        elif task == "job":
            guided_absolute_grad(self.network, self.image, self.target, samples, self.batch)
        else:
            raise ValueError(f"there is no task {task}")

    def timed(self, task: str, samples: int) -> dict[str, float]:
        """Milliseconds on the clock and on the processors."""
        wall, cpu = time.perf_counter(), time.process_time()
        self.run(task, samples)
        return {"wall_ms": 1000 * (time.perf_counter() - wall), "cpu_ms": 1000 * (time.process_time() - cpu)}

    def choose_batch(self, samples: int) -> None:
        """Finds the fastest number of copies a pass."""
        took = {}
        for self.batch in BATCHES:
            self.timed("job", samples)
            took[self.batch] = min(self.timed("job", samples)["wall_ms"] for _ in range(2))
        self.batch = min(took, key=lambda batch: took[batch])


def answer(tasks: Tasks, request: dict[str, Any]) -> dict[str, Any]:
    """What is said to one line."""
    try:
        if request["task"] == "choose-batch":
            tasks.choose_batch(request["samples"])
            return {"batch": tasks.batch}
        return tasks.timed(request["task"], request.get("samples", 1))
    except Exception as error:  # A peer's own error is a result to show.
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}


def main() -> None:
    torch.set_num_threads(int(sys.argv[3]))
    tasks = Tasks(sys.argv[1], Path(sys.argv[2]))
    ready = {"version": torch.__version__, "threads": torch.get_num_threads()}
    print(json.dumps(ready), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(tasks, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
