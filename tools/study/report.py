#!/usr/bin/env python3
"""Turns the table of a study into docs/study.md: means, bootstrap intervals, and ranks beside the paper's.

    report.py RESULTS.csv... --out OUT.md [--randomisation RESULTS.csv...] [--notes NOTES.md]
"""

import argparse
import csv
import random
from collections import defaultdict
from pathlib import Path

RESAMPLES = 2000
# Score, heading, whether higher is better, and its column of the paper's table.
SCORES = [
    ("rcap", "RCAP", True, 2),
    ("authors-mae", "\"MAE\"", False, 0),
    ("log-cosh-dice", "log-cosh Dice", False, 1),
    ("deletion-auc", "DAUC", False, 3),
    ("insertion-auc", "IAUC", True, 4),
    ("pointing-game", "pointing game", True, None),
    ("mass-inside", "mass inside", True, None),
]
NAMES = {
    "guided-absolute-grad": "Guided AbsoluteGrad",
    "absolutegrad": "AbsoluteGrad",
    "vargrad": "VarGrad",
    "smoothgrad": "SmoothGrad",
    "smoothgrad-squared": "SmoothGrad-Squared",
    "gradient": "Vanilla Gradient",
    "gradient-x-input": "Gradient x Input",
    "guided-backprop:relu6=on": "Guided Backprop (ReLU6 too)",
    "integrated-gradients": "Integrated Gradients",
    "guided-ig": "Guided IG",
    "blur-ig": "Blur IG",
    "idgi": "IDGI",
    "grad-cam": "Grad-CAM",
    "control-random": "*random*",
    "control-edge": "*edges*",
    "control-blob": "*centred blob*",
    "control-inverted": "*Guided AbsoluteGrad inverted*",
}
# ImageNet-S with ResNet-50 (arXiv 2404.15564): "MAE", log-cosh Dice, RCAP, DAUC, IAUC.
PAPER = {
    "guided-absolute-grad": (0.474767, 0.267848, 0.437721, 0.104200, 0.681461),
    "vargrad": (0.487181, 0.343419, 0.380860, 0.103676, 0.681283),
    "guided-backprop:relu6=on": (0.489085, 0.382622, 0.172062, 0.074304, 0.650321),
    "smoothgrad": (0.499001, 0.331017, 0.106728, 0.077568, 0.604721),
    "guided-ig": (0.490389, 0.355447, 0.089705, 0.069034, 0.598204),
    "blur-ig": (0.495475, 0.373354, 0.085276, 0.081145, 0.556277),
    "integrated-gradients": (0.506464, 0.337765, 0.044868, 0.085472, 0.512035),
    "gradient": (0.503979, 0.345887, 0.034005, 0.129132, 0.451049),
}


def read(paths):
    """Rows by method, each by image."""
    rows = defaultdict(dict)
    for path in paths:
        with open(path, newline="") as file:
            for row in csv.DictReader(file):
                rows[row["method"]].setdefault(row["image"], {}).update(row)
    return rows


def values(rows, score, images):
    return [float(rows[image][score]) for image in images]


def mean(numbers):
    return sum(numbers) / len(numbers)


def interval(numbers, seed):
    """The middle 95 % of means of images drawn with replacement."""
    draw = random.Random(seed)
    count = len(numbers)
    means = sorted(mean([numbers[draw.randrange(count)] for _ in range(count)]) for _ in range(RESAMPLES))
    return means[round(0.025 * RESAMPLES)], means[round(0.975 * RESAMPLES) - 1]


def ranks(means, higher):
    order = sorted(means, key=lambda name: -means[name] if higher else means[name])
    return {name: order.index(name) + 1 for name in order}


def spearman(a, b):
    """Of two rankings without ties."""
    count = len(a)
    return 1 - 6 * sum((a[name] - b[name]) ** 2 for name in a) / (count * (count**2 - 1))


def number(value):
    return f"{value:.3f}"


def cell(numbers, seed):
    low, high = interval(numbers, seed)
    return f"{number(mean(numbers))} ({number(low)} to {number(high)})"


def shared(rows, score, methods=None):
    """The images that every method was measured on."""
    held = [{image for image, row in rows[m].items() if row.get(score)} for m in methods or rows]
    return sorted(set.intersection(*held))


def scores_table(rows):
    """Means and intervals; a score that a control beats is marked, the best of the methods is bold."""
    images = {score: shared(rows, score) for score, *_ in SCORES}
    scores = [entry for entry in SCORES if images[entry[0]]]
    most = max(len(images[score]) for score, *_ in scores)

    def heading(score, name, up):
        count = len(images[score])
        return f"{name} {'↑' if up else '↓'}" + (f" (n = {count})" if count < most else "")

    lines = ["| method | " + " | ".join(heading(score, name, up) for score, name, up, _ in scores) + " |"]
    lines.append("| --- |" + " --- |" * len(scores))
    means = {m: {s: mean(values(rows[m], s, images[s])) for s, *_ in scores} for m in rows}
    methods = [m for m in rows if not m.startswith("control")]
    blind = [m for m in rows if m in ("control-random", "control-edge", "control-blob")]
    for method in sorted(rows, key=lambda m: (m not in methods, -means[m]["rcap"])):
        cells = []
        for score, _, up, _ in scores:
            own = means[method][score]
            text = cell(values(rows[method], score, images[score]), f"{method} {score}")
            if method in methods:
                ranked = [means[m][score] for m in methods]
                if own == (max(ranked) if up else min(ranked)):
                    text = f"**{text}**"
                if any(means[c][score] != own and (means[c][score] > own) == up for c in blind):
                    text += " ✗"
            cells.append(text)
        lines.append(f"| {NAMES.get(method, method)} | " + " | ".join(cells) + " |")
    return most, "\n".join(lines)


def ranks_table(rows):
    """Ranks here / in the paper among the methods of both, and how well the two orders agree."""
    both = [m for m in PAPER if m in rows]
    columns, agreement = {}, []
    for score, heading, up, column in SCORES:
        images = shared(rows, score, both)
        if column is None or not images:
            continue
        here = ranks({m: mean(values(rows[m], score, images)) for m in both}, up)
        there = ranks({m: PAPER[m][column] for m in both}, up)
        columns[f"{heading} (n = {len(images)})"] = {m: f"{here[m]} / {there[m]}" for m in both}
        agreement.append(f"{spearman(here, there):.2f}")
    lines = ["| method | " + " | ".join(columns) + " |", "| --- |" + " --- |" * len(columns)]
    for method in both:
        lines.append(f"| {NAMES[method]} | " + " | ".join(columns[h][method] for h in columns) + " |")
    lines.append("| *rank correlation of the two orders* | " + " | ".join(agreement) + " |")
    return "\n".join(lines)


def differences(rows):
    """RCAP of Guided AbsoluteGrad minus that of each other method, image by image."""
    images = shared(rows, "rcap")
    own = values(rows["guided-absolute-grad"], "rcap", images)
    lines = ["| against | mean difference (95 %) | share of images where it is higher |", "| --- | --- | --- |"]
    for method in rows:
        if method == "guided-absolute-grad":
            continue
        other = values(rows[method], "rcap", images)
        pairs = [a - b for a, b in zip(own, other)]
        share = mean([1.0 if d > 0 else 0.0 for d in pairs])
        lines.append(f"| {NAMES.get(method, method)} | {cell(pairs, 'difference ' + method)} | {100 * share:.0f} % |")
    return "\n".join(lines)


def randomisation(paths):
    rows = read(paths)
    images = sorted(set.intersection(*(set(r) for r in rows.values())))
    lines = ["| method | mean absolute rank correlation ↓ | mean SSIM ↓ |", "| --- | --- | --- |"]
    for method in sorted(rows, key=lambda m: mean(values(rows[m], "randomisation-abs-spearman", images))):
        cells = [cell(values(rows[method], s, images), method + s) for s in ("randomisation-abs-spearman", "randomisation-ssim")]
        lines.append(f"| {NAMES.get(method, method)} | " + " | ".join(cells) + " |")
    return len(images), "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--randomisation", type=Path, nargs="*")
    parser.add_argument("--notes", type=Path, help="text that follows the tables")
    options = parser.parse_args()
    rows = read(options.results)
    counts = {m: sum(1 for row in r.values() if row.get("rcap")) for m, r in rows.items()}
    full = {m: r for m, r in rows.items() if counts[m] == max(counts.values())}
    count, table = scores_table(full)
    text = (Path(__file__).parent / "study.md").read_text()
    text = text.replace("{count}", str(count)).replace("{scores}", table)
    if len(full) < len(rows):
        names = ", ".join(NAMES.get(m, m) for m in sorted(rows) if m not in full)
        count, table = scores_table(rows)
        costly = f"### Over {count} of them, with the costlier methods\n\n{names} were measured on fewer images. Every method on these:\n\n"
        text = text.replace("{partial}", costly + table + "\n")
    text = text.replace("{partial}\n", "")
    text = text.replace("{ranks}", ranks_table(rows)).replace("{differences}", differences(full))
    if options.randomisation:
        checked, table = randomisation(options.randomisation)
        text = text.replace("{randomisation}", f"On {checked} of the images:\n\n{table}")
    else:
        text = text.replace("{randomisation}", "Not run.")
    notes = options.notes.read_text() if options.notes and options.notes.exists() else ""
    options.out.write_text(text.rstrip() + "\n" + ("\n" + notes if notes else ""))
    print(f"{options.out}: {max(counts.values())} images, {len(rows)} methods")


if __name__ == "__main__":
    main()
