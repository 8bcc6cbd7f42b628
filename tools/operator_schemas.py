#!/usr/bin/env python3
"""Writes tests/operator_schemas.txt: every version of every operator of ONNX's own domain with its attributes.

    pip install onnx
    python3 tools/operator_schemas.py

A line is an operator, the operator set since which this version holds, and its attributes: a name and a kind each,
then `!` where it must be given, or `=` and the default where there is one.
"""
import json
import pathlib

import onnx
from onnx import helper

OUT = pathlib.Path(__file__).resolve().parents[1] / "tests" / "operator_schemas.txt"


def word(attribute):
    """One attribute without a space in it."""
    text = f"{attribute.name}:{attribute.type.name.lower()}"
    if attribute.required:
        return text + "!"
    if not attribute.default_value.name:
        return text
    value = helper.get_attribute_value(attribute.default_value)
    if isinstance(value, bytes):
        value = value.decode()
    return text + "=" + json.dumps(value, separators=(",", ":"), default=bytes.decode)


def main():
    lines = []
    for schema in onnx.defs.get_all_schemas_with_history():
        if schema.domain == "":
            attributes = sorted(schema.attributes.values(), key=lambda attribute: attribute.name)
            lines.append((schema.name, schema.since_version, " ".join(map(word, attributes))))
    newest = onnx.defs.onnx_opset_version()
    with OUT.open("w") as out:
        out.write(f"# Written by tools/operator_schemas.py with onnx {onnx.__version__}, operator set {newest}.\n")
        for name, version, attributes in sorted(lines):
            out.write(f"{name} {version} {attributes}".rstrip() + "\n")


if __name__ == "__main__":
    main()
