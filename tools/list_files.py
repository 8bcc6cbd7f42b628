#!/usr/bin/env python3
"""Writes the list of the page's files into its service worker, each with its hash. Run by trunk after a build.

    list_files.py FOLDER
"""

import hashlib
import json
import pathlib
import re
import sys

# What the service worker cannot or need not keep.
LEFT_OUT = {"service_worker.js"}
# Large, and of use only where there is a GPU or a person asks: kept once they were asked for.
ON_DEMAND = ("worker_gpu", "worker_check")


def main():
    folder = pathlib.Path(sys.argv[1])
    files = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in LEFT_OUT and not name.startswith("."):
            content = path.read_bytes()
            files.append([name, hashlib.sha256(content).hexdigest(), len(content), name.startswith(ON_DEMAND)])
    # The large ones last: the page is complete without the default model before it is complete with it.
    files.sort(key=lambda file: file[2])
    listed = json.dumps(files, separators=(",", ":"))
    version = hashlib.sha256(listed.encode()).hexdigest()[:16]
    worker = folder / "service_worker.js"
    text = worker.read_text()
    text, lists = re.subn(r"^const FILES = .*;$", f"const FILES = {listed};", text, flags=re.MULTILINE)
    text, versions = re.subn(r'^const VERSION = ".*";$', f'const VERSION = "{version}";', text, flags=re.MULTILINE)
    if (lists, versions) != (1, 1):
        sys.exit(f"{worker} has no place for the list of files")
    worker.write_text(text)


if __name__ == "__main__":
    main()
