"""The table as a page of Markdown."""

from results import HALF_TOLERANCE, MOST_STEPS, QUANTISED_TOLERANCE, TOLERANCE, Result


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def runs(results: list[Result]) -> str:
    """With what the networks of each day were run."""
    days: dict[str, dict[str, str]] = {}
    for result in results:
        days.setdefault(result.date, {}).update(result.versions)
    texts = (f"{date}: {', '.join(f'{name} {version}' for name, version in days[date].items())}" for date in sorted(days))
    return "\n".join(f"- {text}" for text in texts)


def page(results: list[Result]) -> str:
    """The whole document."""
    rows = [row for result in results for row in result.rows]
    heads = ["network", "form of the file", "opset", "nodes", "logits", "input gradient", "result", "run on"]
    found = [[result.title, *row.cells(), result.date] for result in results for row in result.rows]
    unheld = "; ".join(result.title for result in results if not result.held_against_differences)
    details = [[result.title, *result.details] for result in results if result.details]
    return f"""# Networks, exporters, results

Written by `make model-table` (`tools/model_table/`); not edited by hand. {sum(row.passed() for row in rows)} of {len(rows)} rows passed.

Classifiers of torchvision, timm and transformers with weights drawn from a seed, exported by both of PyTorch's exporters and
run through `gradlens gradient` on the CPU. No trained weights are used: the table shows that the arithmetic is right, not that
a network is good. TorchScript exports at opset 17 with the number of images left free, dynamo at its own opset with all
dimensions fixed, unless the row says otherwise. A network of free size is compared at another size than it was exported at.

- **logits**: largest difference from ONNX Runtime on the same file, as a share of the largest logit.
- **input gradient**: largest difference from PyTorch in double precision, as a share of the largest value.
- A row passes where both are at most {TOLERANCE:.0e}.
- PyTorch's gradients were seen to be wrong once, through BatchNorm on the CPU (EfficientFormer): layouts that lead to it are
  avoided, and a gradient that is not what differences of the logit say stops the preparation (`tools/model_table/reference.py`).
  Prepared before that, so that two programs agree but neither was held against differences: {unheld or "none"}.
- **Half precision**: ONNX Runtime rounds after every node, this program computes with the file's rounded weights and constants
  in single precision. So logits may be {HALF_TOLERANCE:.0e} from ONNX Runtime, but must be as near as others to PyTorch in double
  precision with the same weights; gradients are compared with that one too.
- **QDQ**: quantised by ONNX Runtime's own tool (`quantize_static`). Logits may be {MOST_STEPS:.0f} steps of the quantised scores
  from ONNX Runtime's. Gradients are compared with those of the same file evaluated in PyTorch in double precision, roundings
  passed straight through inside the range and stopped outside it, to {QUANTISED_TOLERANCE:.0e}.
- **ONNX Runtime, extended** is what its optimiser saves, **for transformers** what its tool for them makes of the file.

Run with Python 3 and, by the day of the run:

{runs(results)}

{table(heads, found)}

## Inputs

Where the argument of a rectifier lies within rounding of zero, two correct programs give gradients that differ by some
hundredths of their maximum. So every input is noise moved, by steps too small to see, until no activation and no two
largest values of a max pool are within a margin of a kink, a share of the root mean square of the layer
(`tools/model_table/kinks.py`). The last two columns are PyTorch's own differences between single and double precision at that input.

{table(["network", "parameters", "image, px", "near a kink: before -> after, at margin", "logits", "input gradient"], details)}
"""
