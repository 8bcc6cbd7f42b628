#!/usr/bin/env python3
"""Builds programs from nothing and prints what each takes: crates, time, and time of the processor.

    timings.py [PROGRAM...]

The programs are named in PROGRAMS below; without a name all are built. Cargo's chart of each (`cargo build --timings`) and the
table are kept in .timings. Nothing else should run beside it.
"""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

WASM = ["--target", "wasm32-unknown-unknown", "--no-default-features"]
# How each is built: the same as in www/index.html, tools/quick_page.py and the Makefile.
PROGRAMS = {
    "quick-page": [*WASM, "--profile", "quick", "--bin", "app", "--features", "page"],
    "quick-cpu": [*WASM, "--profile", "quick", "--bin", "worker_relaxed", "--features", "relaxed-simd"],
    "quick-gpu": [*WASM, "--profile", "quick", "--bin", "worker_gpu", "--features", "webgpu"],
    "page": [*WASM, "--profile", "page", "--bin", "app", "--features", "page"],
    "cpu": [*WASM, "--profile", "wasm", "--bin", "worker_relaxed", "--features", "relaxed-simd"],
    "gpu": [*WASM, "--profile", "wasm", "--bin", "worker_gpu", "--features", "webgpu"],
    "check": [*WASM, "--profile", "wasm", "--bin", "worker_check", "--features", "check"],
    "terminal": ["--release", "--no-default-features", "--bin", "gradlens", "--features", "check"],
    "tests": ["--tests"],
}
KEPT = pathlib.Path(".timings")


def measure(name):
    """Returns crates, minutes, and minutes of the processor that PROGRAMS[name] takes from nothing."""
    with tempfile.TemporaryDirectory(prefix="timings-", dir=os.environ["CACHE"]) as target:
        command = ["cargo", "build", "--locked", "--timings", "--message-format", "json", *PROGRAMS[name]]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        built = subprocess.run(command, env={**os.environ, "CARGO_TARGET_DIR": target}, stdout=subprocess.PIPE, check=True)
        minutes = (time.monotonic() - start) / 60
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        shutil.copyfile(pathlib.Path(target, "cargo-timings/cargo-timing.html"), KEPT / f"{name}.html")
    messages = [json.loads(line) for line in built.stdout.splitlines()]
    crates = {message["package_id"] for message in messages if message["reason"] == "compiler-artifact"}
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return len(crates), minutes, used / 60


def main():
    names = sys.argv[1:] or list(PROGRAMS)
    unknown = [name for name in names if name not in PROGRAMS]
    if unknown:
        sys.exit(f"there is no {unknown[0]}; there are {', '.join(PROGRAMS)}")
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    KEPT.mkdir(exist_ok=True)
    table = ["| program | crates | minutes | minutes of the processor |", "|---|---|---|---|"]
    for name in names:
        crates, minutes, used = measure(name)
        table.append(f"| {name} | {crates} | {minutes:.1f} | {used:.1f} |")
        print(table[-1], flush=True)
    (KEPT / "programs.md").write_text("\n".join(table) + "\n")


if __name__ == "__main__":
    main()
