"""Writes the quick variant of the page's description for trunk: some of its programs, in the profile `quick`, not shrunk."""

import pathlib
import re

# Beside the original, as its addresses are relative to its folder. Not tracked.
VARIANT = pathlib.Path("www/.quick.html")
# What a page needs to work on every machine; the engine for browsers without relaxed SIMD is made of the second.
FIRST = ("app", "worker_relaxed")
GPU = "worker_gpu"
# What nobody waits for at first.
LATER = (GPU, "worker_check")


def write(programs, reloading):
    """Writes VARIANT with the named programs of www/index.html, and with a script that reloads the page if `reloading`."""

    def quick(link):
        text = link.group(0)
        name = re.search(r'data-bin="(\w+)"', text).group(1)
        if name not in programs:
            return ""
        text = re.sub(r'\s+data-(cargo-profile|wasm-opt-params|wasm-opt)="[^"]*"', "", text)
        return text.replace("<link ", '<link data-cargo-profile="quick" data-wasm-opt="0" ', 1)

    text = pathlib.Path("www/index.html").read_text()
    text, links = re.subn(r'<link data-trunk rel="rust"[^>]*/>', quick, text)
    marks = 1
    if GPU not in programs:
        text, marks = re.subn(rf'(<meta name="gpu-worker" content=)"{GPU}"', r'\1""', text)
    if links < 3 or marks != 1:
        raise ValueError("www/index.html names its programs in a form that is not known here")
    if reloading:
        script = '<link data-trunk rel="copy-file" href="../tools/reload.js" /><script src="reload.js" defer></script>'
        text = text.replace("</head>", script + "</head>", 1)
    VARIANT.write_text(text)
