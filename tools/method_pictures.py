#!/usr/bin/env python3
"""Makes the pictures of docs/methods.md: one a method, all of the same photo, with the methods' default settings.

    method_pictures.py GRADLENS MODEL.onnx PHOTO OUT_DIR
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import png

# Where the defaults show nothing of the method.
SETTINGS = {"guided-backprop": ["--relu6"]}


def halved(width, height, rgba):
    """RGB at half the size, each pixel the mean of four."""
    out = bytearray()
    for y in range(0, height - 1, 2):
        for x in range(0, width - 1, 2):
            corners = [4 * (row * width + column) for row in (y, y + 1) for column in (x, x + 1)]
            out += bytes((sum(rgba[at + c] for at in corners) + 2) // 4 for c in range(3))
    return width // 2, height // 2, out


def main():
    program, model, photo, folder = sys.argv[1:]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    listing = subprocess.run([program, "methods", "--json"], check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as scratch:
        drawn = Path(scratch) / "overlay.png"
        for method in json.loads(listing.stdout):
            name = method["id"]
            command = [program, "explain", "--device", "cpu", "--model", model, "--image", photo]
            command += ["--method", name, "--png", drawn, *SETTINGS.get(name, [])]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            png.write(folder / f"{name}.png", *halved(*png.read(drawn)), 3)
            print(name)


if __name__ == "__main__":
    main()
