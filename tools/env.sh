# Sourced, by set-up and by the Makefile: where everything lives and what is on PATH. Installs nothing.
# shellcheck shell=bash

GRADLENS_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=versions.env
. "$GRADLENS_ROOT/tools/versions.env"

export CACHE=${GRADLENS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gradlens}
WASM_TARGET=wasm32-unknown-unknown
# Built from Debian's packages where no other compiler for the target is installed.
DEBIAN_RUST=$CACHE/wasm-rust

# rustup's default place; last, so that whatever the person has on PATH wins.
PATH=$PATH:$HOME/.cargo/bin

# Whether the Rust on PATH can build for WebAssembly as it is.
rust_has_wasm() {
  local sysroot
  sysroot=$(rustc --print sysroot 2>/dev/null) || return 1
  [ -n "$(find "$sysroot/lib/rustlib/$WASM_TARGET/lib" -name 'libstd-*.rlib' -print -quit 2>/dev/null)" ] || return 1
  rust_is_recent
}

# Whether the Rust on PATH is as new as Cargo.toml asks.
rust_is_recent() {
  local wanted found
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$GRADLENS_ROOT/Cargo.toml")
  found=$(rustc --version | cut -d' ' -f2)
  [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n1)" = "$wanted" ]
}

# One toolchain for the host and for WebAssembly: the person's own where it can do both.
use_rust() {
  if [ -e "$DEBIAN_RUST/stamp" ] && ! rust_has_wasm; then
    PATH=$DEBIAN_RUST/bin:$PATH
  fi
}

use_rust
PATH=$CACHE/trunk-$TRUNK_VERSION/bin:$CACHE/wasm-bindgen-$WASM_BINDGEN_VERSION/bin:$PATH
PATH=$CACHE/cargo-deny-$CARGO_DENY_VERSION/bin:$CACHE/binaryen-$BINARYEN_VERSION/node_modules/.bin:$PATH
export PATH

# Outside the checkout, so that a fresh clone starts warm.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$CACHE/target}

# trunk reads NO_COLOR as the value of one of its own options and stops; it also asks for its newest version unless told not to.
unset NO_COLOR
export TRUNK_SKIP_VERSION_CHECK=true

# The browsers and the driver of the first; set any to use another.
export CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v google-chrome || command -v chromium-browser || true)}
export CHROMEDRIVER=${CHROMEDRIVER:-$(command -v chromedriver || true)}
export FIREFOX=${FIREFOX:-$(command -v firefox-esr || command -v firefox || true)}
# Seconds a browser test file may take: a real network on one thread of a slow machine.
export WASM_BINDGEN_TEST_TIMEOUT=${WASM_BINDGEN_TEST_TIMEOUT:-900}
# What the tests read beside the checkout; set-up puts it there.
export ONNX_NODE_TESTS=$CACHE/onnx-node-tests-${ONNX_TESTS_WHEEL##*==}
TEST_MODELS=$CACHE/test-models-$(cat "$GRADLENS_ROOT"/tools/test_models/{packages.txt,sha256sums} | sha256sum | cut -c1-16)
export TEST_MODELS
