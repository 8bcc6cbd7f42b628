#!/usr/bin/env python3
"""Builds the page quickly, serves it as soon as it works, and builds the rest behind it.

    build_and_serve.py [--port 8080] [--watch] [--gpu]

First come the page and the engine on the processor, then the one for the GPU and the program that checks models. Each build
is put together beside the page that is served and takes its place as a whole. With --watch every saved change is built and
the page reloads itself; the others are then built only with --gpu.
"""

import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

import quick_page
import serve

# Everything the page is made of.
SOURCES = ("src", "www", "static", ".cargo", "Cargo.toml", "Cargo.lock", "Trunk.toml", "tools")
STYLES = pathlib.Path("www/styles")
# Builds lie here by number; the newest is served. Not tracked.
BUILDS = pathlib.Path(".quick")


def say(*words):
    print("build:", *words, file=sys.stderr, flush=True)


def source_files():
    for name in SOURCES:
        path = pathlib.Path(name)
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        yield from (file for file in files if file.is_file() and not file.name.endswith((".pyc", ".quick.html", "~", ".swp")))


def fingerprint(programs):
    """Returns a hash of the content of every source and of what is built of it."""
    digest = hashlib.sha256(repr(programs).encode())
    for file in source_files():
        digest.update(f"{file}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


class Site:
    """The folder that is served now, and who waits for the next."""

    def __init__(self):
        self.folder = None
        self.version = 0
        self.changed = threading.Condition()

    def show(self, folder):
        with self.changed:
            self.folder = folder
            self.version += 1
            self.changed.notify_all()

    def wait(self, version, seconds):
        """Returns the version on show once it is another one than given, or after so many seconds."""
        with self.changed:
            self.changed.wait_for(lambda: self.version != version, seconds)
            return self.version


def handler(site):
    class Handler(serve.Handler):
        """The newest build, and the news of a newer one under `changes`."""

        def __init__(self, *arguments, **options):
            super().__init__(*arguments, directory=str(site.folder), **options)

        def do_GET(self):
            if self.path != "/changes":
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            seen = site.version
            try:
                while True:
                    now = site.wait(seen, 20)
                    # A line without meaning finds out whether anybody still listens.
                    self.wfile.write(b": nothing new\n\n" if now == seen else b"data: built\n\n")
                    self.wfile.flush()
                    seen = now
            except OSError:
                return None

    return Handler


def build(programs, reloading):
    """Returns the folder with a whole new page, or None where the build failed, which trunk has explained by then."""
    numbers = [int(entry.name) for entry in BUILDS.glob("*") if entry.name.isdigit()]
    staging, folder = BUILDS / "unfinished", BUILDS / str(max(numbers, default=0) + 1)
    quick_page.write(programs, reloading)
    # Nothing is kept for use offline of a page that changes by the minute, so the list of files stays empty.
    command = ["trunk", "build", str(quick_page.VARIANT), "--html-output", "index.html", "--dist", str(staging)]
    command += ["--filehash", "false", "--no-sri", "true", "--quiet"]
    if subprocess.run(command, env={**os.environ, "GRADLENS_QUICK": "1"}, check=False).returncode != 0:
        return None
    staging.rename(folder)
    return folder


def remember(folder, mark):
    """Notes of what a build was made, and removes the builds before it but one, which a page may still be loading."""
    (BUILDS / "made-of").write_text(f"{folder.name} {mark}\n")
    builds = sorted((entry for entry in BUILDS.glob("*") if entry.name.isdigit()), key=lambda entry: int(entry.name))
    for old in builds[:-2]:
        shutil.rmtree(old, ignore_errors=True)


def remembered(mark):
    """Returns the folder of the newest build where it was made of this."""
    try:
        name, made_of = (BUILDS / "made-of").read_text().split()
    except (OSError, ValueError):
        return None
    folder = BUILDS / name
    return folder if made_of == mark and (folder / "index.html").exists() else None


def first_page(site, programs, reloading):
    """Shows a page that works, from an earlier build if nothing has changed since. Returns whether it has all `programs`."""
    BUILDS.mkdir(exist_ok=True)
    for wanted in (programs, quick_page.FIRST):
        folder = remembered(fingerprint((wanted, reloading)))
        if folder:
            site.show(folder)
            return wanted == programs
    start, mark = time.monotonic(), fingerprint((quick_page.FIRST, reloading))
    folder = build(quick_page.FIRST, reloading)
    if not folder:
        sys.exit("the page could not be built; the reason stands above")
    remember(folder, mark)
    say(f"the page and the engine on the processor ({time.monotonic() - start:.0f} s)")
    site.show(folder)
    return programs == quick_page.FIRST


def build_the_rest(site, programs, reloading):
    say("the engine for the GPU comes next; until then the page computes on the processor and says so")
    start, mark = time.monotonic(), fingerprint((programs, reloading))
    folder = build(programs, reloading)
    if not folder:
        return say("the engine for the GPU could not be built; the page goes on without it")
    remember(folder, mark)
    site.show(folder)
    say(f"the engine for the GPU is there ({time.monotonic() - start:.0f} s): reload the page to use it")


def times():
    found = {}
    for file in source_files():
        try:
            found[file] = file.stat().st_mtime_ns
        except OSError:
            continue
    return found


def watch(site, programs):
    """Builds what is saved, for ever. A style goes to the page as it is, without a build."""
    before = times()
    while True:
        time.sleep(0.2)
        now = times()
        changed = {file for file in before.keys() | now.keys() if before.get(file) != now.get(file)}
        if not changed:
            continue
        before, start = now, time.monotonic()
        if all(file.parent == STYLES and file in now for file in changed):
            for style in changed:
                shutil.copyfile(style, site.folder / style.name)
            site.show(site.folder)
        else:
            folder = build(programs, True)
            if not folder:
                continue
            remember(folder, "changed while it was watched")
            site.show(folder)
        names = sorted(str(file) for file in changed)
        say(f"{', '.join(names[:3])}{' ...' if len(names) > 3 else ''} ({time.monotonic() - start:.1f} s)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--watch", action="store_true", help="build every saved change, and reload the page")
    parser.add_argument("--gpu", action="store_true", help="with --watch: build the engine for the GPU too")
    options = parser.parse_args()
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    programs = quick_page.FIRST
    if options.gpu or not options.watch:
        programs += quick_page.LATER
    site = Site()
    complete = first_page(site, programs, options.watch)
    server = serve.listen(options.port, handler(site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        if not complete:
            build_the_rest(site, programs, options.watch)
        if options.watch:
            say("waiting for changes")
            watch(site, programs)
        threading.Event().wait()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
