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

requirements=tools/model_table/requirements.txt
folder=$CACHE/model-table
venv=$folder/venv-$(sha256sum "$requirements" | cut -c1-16)
python=${MODEL_TABLE_PYTHON:-$venv/bin/python}
if [ -z "${MODEL_TABLE_PYTHON:-}" ] && [ ! -e "$venv/done" ]; then
  echo "model-table: installing PyTorch into $venv (about 3 GB to download)" >&2
  rm -rf "$folder"/venv-*
  python3 -m venv "$venv"
  "$python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
  touch "$venv/done"
fi

out=()
[ $# -gt 0 ] || out=(--out docs/model-table.md)
"$python" tools/model_table/table.py --gradlens "$CARGO_TARGET_DIR/release/gradlens" --cache "$folder" "${out[@]}" "$@"
