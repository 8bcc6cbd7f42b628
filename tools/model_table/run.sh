#!/usr/bin/env bash
# Writes docs/model-table.md. Takes half an hour or more the first time; what it prepares is kept in the cache.
#
#   tools/model_table/run.sh [NAME...]     the named networks only; the table is then printed, not written
#
# MODEL_TABLE_PYTHON names a Python that has the packages of requirements.txt already, such as a CPU-only PyTorch.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=../env.sh
. tools/env.sh

python=$(tools/model_table/python.sh)
out=()
[ $# -gt 0 ] || out=(--out docs/model-table.md)
"$python" tools/model_table/table.py --gradlens "$CARGO_TARGET_DIR/release/gradlens" --cache "$CACHE/model-table" "${out[@]}" "$@"
