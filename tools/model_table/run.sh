#!/usr/bin/env bash
# Writes docs/model-table.md. Takes an hour or more the first time; what it prepares is kept in the cache.
#
#   tools/model_table/run.sh [NAME...]     the named networks only; rows of the others stay as they are, with their day
#
# MODEL_TABLE_PYTHON names a Python that has the packages of requirements.txt already, such as a CPU-only PyTorch.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=../env.sh
. tools/env.sh

python=$(tools/model_table/python.sh)
"$python" tools/model_table/table.py --gradlens "$CARGO_TARGET_DIR/release/gradlens" --cache "$CACHE/model-table" "$@"
