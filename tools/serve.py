#!/usr/bin/env python3
"""Serves the built page on this machine only, with the headers it should be served with anywhere.

    serve.py [--port 8080] [FOLDER]

Port 0 takes any free one. The address is the first line on standard output.
"""

import argparse
import functools
import http.server
import pathlib
import sys


# Runs the page's own files and talks to nobody else: the policy in the page's head, and who may frame it.
SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self'",
        "img-src 'self' blob: data:",
        "style-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files, never stale, isolated from other origins."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".json": "application/json",
        ".onnx": "application/octet-stream",
        ".svg": "image/svg+xml",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json",
    }

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Security-Policy", SECURITY_POLICY)
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_request(self, code="-", size="-"):
        if int(code) >= 400:
            super().log_request(code, size)


def listen(port, handler):
    """Returns a server on this machine alone, once it can be reached, and prints its address."""
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        sys.exit(f"cannot serve on port {port}: {error.strerror}. Choose another: make serve PORT=8081")
    print(f"http://localhost:{server.server_address[1]}/", flush=True)
    return server


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("folder", nargs="?", default="dist", type=pathlib.Path)
    options = parser.parse_args()
    if not (options.folder / "index.html").exists():
        sys.exit(f"{options.folder} holds no index.html; build the page first: make dist")
    server = listen(options.port, functools.partial(Handler, directory=str(options.folder.resolve())))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
