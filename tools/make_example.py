#!/usr/bin/env python3
"""Computes the finished example that the page shows while it loads: the first sample, explained by default settings.

    make_example.py GRADLENS STATIC

GRADLENS is the command-line program, STATIC the folder with the samples and the default model.
"""

import hashlib
import json
import pathlib
import subprocess
import sys


def main():
    program, static = sys.argv[1], pathlib.Path(sys.argv[2])
    sample = json.loads((static / "samples/samples.json").read_text())[0]
    model = static / "models/efficientnet-lite0.onnx"
    out = static / "example"
    out.mkdir(exist_ok=True)
    result_file = out / "result.json"
    subprocess.run(
        [
            *(program, "explain", "--device", "cpu", "--model", model),
            *("--image", static / "samples" / sample["file"]),
            *("--out", out / "map.npy", "--json", result_file),
        ],
        check=True,
    )
    result = json.loads(result_file.read_text())
    result_file.unlink()
    size = {"width": result["map"]["width"], "height": result["map"]["height"]}
    rcap = result["rcap"]
    example = {
        "sample": sample["file"],
        "model_sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "labels": "imagenet-1k",
        "image": {
            "name": sample["title"],
            "format": "JPEG",
            "source_width_px": result["image"]["source_px"][0],
            "source_height_px": result["image"]["source_px"][1],
            "crop_px": result["image"]["crop_px"],
            "notes": result["image"]["notes"],
            "model_view": size,
            "overview": {"width": result["image"]["source_px"][0], "height": result["image"]["source_px"][1]},
        },
        "classification": {
            "logits": [round(value, 4) for value in result["logits"]],
            "probabilities": [round(value, 7) for value in result["probabilities"]],
        },
        "settings": result["parameters"],
        "map": {
            "method": result["method"],
            "target": result["target"],
            **result["map"],
            "samples_done": 1,
            "samples_total": 1,
        },
        "rcap": {
            "target": result["target"],
            "settings": {"lower_bound": rcap["lower_bound"], "interval": rcap["interval"]},
            "score": rcap["score"],
            "original_probability": rcap["original_probability"],
            "original_logit": rcap["original_logit"],
            "steps": rcap["steps"],
            "recovered": [size] * len(rcap["steps"]),
        },
        "device": result["device"]["name"],
        "gradients": result["gradients"],
        "times": result["timings_ms"],
    }
    (out / "example.json").write_text(json.dumps(example, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
