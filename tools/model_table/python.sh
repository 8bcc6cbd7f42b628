#!/usr/bin/env bash
# Prints a Python that has the packages of requirements.txt, installed into the cache where they are missing.
#
# MODEL_TABLE_PYTHON names one that has them already, such as a CPU-only PyTorch.
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
  "$python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2
  touch "$venv/done"
fi
echo "$python"
