#!/usr/bin/env python3
"""Lays cut-out photographs on backgrounds at seeded random places, with their exact masks.

    compose.py STAMPS_DIR OUT_DIR [--seed N] [--copies N]

Writes OUT_DIR/images, OUT_DIR/masks and OUT_DIR/labels.csv. The same seed gives the same files. Backgrounds are drawn, not
photographed: a sky, grass, gravel, sand or a wall. stamps.json maps a stamp to the ImageNet classes that count as right; the
mapping was made by eye.
"""

import argparse
import json
import math
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import png  # noqa: E402

SIDE = 224
# Longer side of the object, as a share of the picture's.
SMALLEST, LARGEST = 0.45, 0.8
# Two colours between which a background's texture wanders, and the size of its coarsest grain.
BACKGROUNDS = {
    "sky": ((120, 165, 225), (215, 228, 240), 224),
    "grass": ((52, 92, 38), (128, 158, 74), 28),
    "gravel": ((92, 88, 84), (176, 172, 166), 14),
    "sand": ((190, 168, 128), (226, 208, 172), 56),
    "wall": ((188, 184, 178), (208, 204, 198), 112),
}


def texture(draw, grain):
    """A field of values in 0 to 1: noise of four octaves, smoothly interpolated."""
    field, weight, total = [0.0] * (SIDE * SIDE), 1.0, 0.0
    for _ in range(4):
        cell = max(grain, 1)
        across = SIDE // cell + 2
        lattice = [draw.random() for _ in range(across * across)]
        steps = [(i // cell, smooth(i % cell / cell)) for i in range(SIDE)]
        for y, (row, down) in enumerate(steps):
            for x, (column, along) in enumerate(steps):
                k = row * across + column
                top = lattice[k] + (lattice[k + 1] - lattice[k]) * along
                low = lattice[k + across] + (lattice[k + across + 1] - lattice[k + across]) * along
                field[y * SIDE + x] += weight * (top + (low - top) * down)
        total += weight
        weight, grain = weight / 2, grain // 2
    return [value / total for value in field]


def smooth(t):
    return t * t * (3 - 2 * t)


def background(draw, kind):
    first, second, grain = BACKGROUNDS[kind]
    pixels = bytearray()
    for value in texture(draw, grain):
        value = min(max((value - 0.5) * 1.6 + 0.5, 0.0), 1.0)
        pixels += bytes(round(a + (b - a) * value) for a, b in zip(first, second))
    return pixels


def shrunk(stamp, scale):
    """The stamp at `scale`, each pixel the mean of those it covers, colours weighted by alpha."""
    width, height, pixels = stamp
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))

    def covered(i, new, old):
        first = i * old // new
        return range(first, max(first + 1, math.ceil((i + 1) * old / new)))

    columns = [covered(x, new_width, width) for x in range(new_width)]
    out = []
    for y in range(new_height):
        rows = covered(y, new_height, height)
        for xs in columns:
            red = green = blue = alpha = 0
            for row in rows:
                for x in xs:
                    at = 4 * (row * width + x)
                    a = pixels[at + 3]
                    red += a * pixels[at]
                    green += a * pixels[at + 1]
                    blue += a * pixels[at + 2]
                    alpha += a
            count = len(rows) * len(xs)
            whole = alpha or 1
            out.append((red / whole, green / whole, blue / whole, alpha / count / 255))
    return new_width, new_height, out


def trimmed(stamp):
    """The stamp without its transparent margin."""
    width, height, pixels = stamp
    rows = [y for y in range(height) if any(pixels[4 * (y * width + x) + 3] > 127 for x in range(width))]
    columns = [x for x in range(width) if any(pixels[4 * (y * width + x) + 3] > 127 for y in range(height))]
    top, left, right = rows[0], columns[0], columns[-1] + 1
    kept = b"".join(pixels[4 * (y * width + left) : 4 * (y * width + right)] for y in range(top, rows[-1] + 1))
    return right - left, rows[-1] + 1 - top, kept


def compose(stamp, draw):
    kind = draw.choice(sorted(BACKGROUNDS))
    picture, mask = background(draw, kind), bytearray(SIDE * SIDE)
    share = draw.uniform(SMALLEST, LARGEST)
    width, height, object_pixels = shrunk(stamp, share * SIDE / max(stamp[0], stamp[1]))
    left, top = draw.randint(0, SIDE - width), draw.randint(0, SIDE - height)
    for k, (red, green, blue, alpha) in enumerate(object_pixels):
        at = (top + k // width) * SIDE + left + k % width
        for channel, value in enumerate((red, green, blue)):
            below = picture[3 * at + channel]
            picture[3 * at + channel] = min(255, round(below + (value - below) * alpha))
        mask[at] = 255 if alpha >= 0.5 else 0
    return picture, mask


def find(folder, name):
    """The photograph called `name`; drawings of the same name lie in folders called cartoon."""
    found = [p for p in sorted(folder.rglob(name + ".png")) if "cartoon" not in p.parts]
    return found[0] if found else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stamps", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--copies", type=int, default=2, help="pictures of each stamp")
    options = parser.parse_args()
    for name in ("images", "masks"):
        (options.out / name).mkdir(parents=True, exist_ok=True)
    stamps = json.loads((Path(__file__).parent / "stamps.json").read_text())
    lines = ["image,classes"]
    for name in sorted(stamps):
        path = find(options.stamps, name)
        if path is None:
            print(f"{name}: no photograph of that name; left out")
            continue
        try:
            stamp = trimmed(png.read(path))
        except (ValueError, KeyError, IndexError) as error:
            print(f"{name}: {error}; left out")
            continue
        for copy in range(options.copies):
            picture, mask = compose(stamp, random.Random(f"{options.seed} {name} {copy}"))
            file = f"{name}.{copy}.png"
            png.write(options.out / "images" / file, SIDE, SIDE, picture, 3)
            png.write(options.out / "masks" / file, SIDE, SIDE, mask, 1)
            lines.append(f"{file},{' '.join(map(str, stamps[name]))}")
    (options.out / "labels.csv").write_text("\n".join(lines) + "\n")
    print(f"{len(lines) - 1} pictures in {options.out}")


if __name__ == "__main__":
    main()
