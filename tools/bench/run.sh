#!/usr/bin/env bash
# Sets up the peers of the benchmark in the cache and runs it; needs the built page and the command line.
#
#   tools/bench/run.sh [PROGRAM ARGUMENTS..]      bench.mjs by default, with BENCH_ROWS and BENCH_RUNS: see there
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=../env.sh
. tools/env.sh

folder=$CACHE/bench
mkdir -p "$folder"

lock=tools/bench/package-lock.json
packages=$folder/npm-$(sha256sum "$lock" | cut -c1-16)
if [ ! -e "$packages/done" ]; then
  echo "bench: installing TensorFlow.js into $packages" >&2
  rm -rf "$folder"/npm-*
  mkdir -p "$packages"
  cp tools/bench/package.json "$lock" "$packages/"
  npm ci --prefix "$packages" --silent --no-audit --no-fund --ignore-scripts >&2 </dev/null
  touch "$packages/done"
fi

BENCH_PYTHON=$(tools/model_table/python.sh)
BENCH_PACKAGES=$packages/node_modules
BENCH_GRADLENS=$CARGO_TARGET_DIR/release/gradlens
# Prepared anew whenever what prepares them changes.
BENCH_NETWORKS=$folder/networks-$(cat tools/bench/{prepare,eager}.py tools/model_table/{entry,further_networks,networks}.py static/models/efficientnet-lite0.onnx | sha256sum | cut -c1-16)
export BENCH_PYTHON BENCH_PACKAGES BENCH_GRADLENS BENCH_NETWORKS
"$BENCH_PYTHON" tools/bench/prepare.py static/models/efficientnet-lite0.onnx "$BENCH_NETWORKS" \
  efficientnet_lite0 resnet50 densenet161_places365 mobilenet_v3_large

exec node "tools/bench/${1:-bench.mjs}" "${@:2}"
