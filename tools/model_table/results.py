"""What was found of every network, kept between runs: a run of some networks leaves the rows of the others as they are."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

# Of the largest value, all of them.
TOLERANCE = 1e-4
# ONNX Runtime rounds what every node gives to half precision, about three decimal places; this program does not.
HALF_TOLERANCE = 1e-2
# Two programs may round a sum that lies between two numbers to either, and what follows once more.
MOST_STEPS = 2.0
# A rounding that goes the other way moves a few activations over the bound behind which there is no gradient.
QUANTISED_TOLERANCE = 1e-4


@dataclass
class Row:
    """One network in one form."""

    form: str
    opset: int | None = None
    nodes: int | None = None
    # From ONNX Runtime, as a share of the largest.
    logits: float | None = None
    # From PyTorch in double precision, as a share of the largest.
    gradient: float | None = None
    # From PyTorch in double precision with the weights of the file, for half precision only.
    exact_logits: float | None = None
    # From ONNX Runtime, in steps of the quantised scores.
    steps: float | None = None
    error: str = ""

    def passed(self) -> bool:
        if self.error or self.logits is None or self.gradient is None:
            return False
        if self.steps is not None:
            return self.steps <= MOST_STEPS and self.gradient <= QUANTISED_TOLERANCE
        if self.exact_logits is not None:
            return self.logits <= HALF_TOLERANCE and max(self.exact_logits, self.gradient) <= TOLERANCE
        return max(self.logits, self.gradient) <= TOLERANCE

    def result(self) -> str:
        if not self.passed():
            return f"**failed**: {self.error or 'differs'}".replace("|", "/")
        if self.steps is not None:
            return f"passed, {self.steps:.0f} step{'' if round(self.steps) == 1 else 's'}"
        return f"passed, {self.exact_logits:.1e} from float64" if self.exact_logits is not None else "passed"

    def cells(self) -> list[str]:
        known = lambda value, form: "" if value is None else format(value, form)  # noqa: E731
        numbers = [known(self.opset, "d"), known(self.nodes, "d"), known(self.logits, ".1e"), known(self.gradient, ".1e")]
        return [self.form, *numbers, self.result()]


@dataclass
class Result:
    """One network, of one run."""

    title: str
    # The day of the run.
    date: str
    versions: dict[str, str]
    # The cells of the table of inputs, but the title.
    details: list[str]
    rows: list[Row] = field(default_factory=list)
    # Whether PyTorch's gradient was held against differences of the logit (`reference.py`).
    held_against_differences: bool = False


def load(path: Path) -> dict[str, Result]:
    """What was kept, by the networks' names."""
    if not path.exists():
        return {}
    kept: dict[str, Any] = json.loads(path.read_text())
    return {name: Result(**{**result, "rows": [Row(**row) for row in result["rows"]]}) for name, result in kept.items()}


def store(path: Path, results: dict[str, Result]) -> None:
    """Keeps the results; what is not known of a row is left out."""
    plain = {name: asdict(result) for name, result in results.items()}
    for result in plain.values():
        result["rows"] = [{key: value for key, value in row.items() if value not in (None, "")} for row in result["rows"]]
    path.write_text(json.dumps(plain, indent=1) + "\n")
