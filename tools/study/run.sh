#!/usr/bin/env bash
# Makes docs/study.md: fetches the photographs, composes pictures, keeps what the model gets right, measures, reports.
# Everything but the report lies in the cache and is made once. SHARD=i/n measures one part; the report is then for later.
set -euo pipefail

cd "$(dirname "$0")/../.."
# shellcheck source=../env.sh
. tools/env.sh

say() { printf 'study: %s\n' "$*" >&2; }
STUDY=$CACHE/study
MODEL=static/models/efficientnet-lite0.onnx
GRADLENS=${GRADLENS:-$CARGO_TARGET_DIR/release/gradlens}
SEED=0
METHODS=guided-absolute-grad,absolutegrad,vargrad,smoothgrad,smoothgrad-squared,gradient,gradient-x-input,guided-backprop:relu6=on
METHODS+=,integrated-gradients,guided-ig,blur-ig,idgi,grad-cam,control-random,control-edge,control-blob,control-inverted
MEASURES=rcap,localisation,noise-level
# On how many of the images the costlier measures run, all by default: the curves take twenty passes a map, the randomisation
# check a method's whole price twenty times over.
CURVES=${STUDY_CURVES:-}
CHECKED=${STUDY_CHECKED:-}
CHECKED_METHODS=gradient,guided-backprop:relu6=on,grad-cam,control-edge

fetch() {
  [ -e "$STUDY/stamps/done" ] && return
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
    say "the photographs come from Debian's package tuxpaint-stamps-default; this needs apt-get and dpkg-deb"
    exit 1
  }
  say "fetching photographs (161 MB)"
  mkdir -p "$STUDY/stamps"
  (cd "$STUDY/stamps" && apt-get download -qq tuxpaint-stamps-default && dpkg-deb -x tuxpaint-stamps-default_*.deb . && rm ./*.deb)
  touch "$STUDY/stamps/done"
}

compose() {
  [ -e "$STUDY/pictures/labels.csv" ] && return
  say "composing pictures"
  python3 tools/study/compose.py "$STUDY/stamps" "$STUDY/pictures" --seed $SEED --copies 2
}

study() {
  "$GRADLENS" study --model "$MODEL" --images "$STUDY/pictures/images" --masks "$STUDY/pictures/masks" "$@"
}

# The first picture of each photograph that is classified correctly, and evenly spaced parts of them.
choose() {
  if [ ! -e "$STUDY/chosen.csv" ]; then
    say "asking the model which pictures it gets right"
    study --accept "$STUDY/pictures/labels.csv" --methods control-blob --measures noise-level --out "$STUDY/right.csv" 2>"$STUDY/wrong.log"
    python3 - "$STUDY" <<'PY'
import csv, sys
from pathlib import Path
study = Path(sys.argv[1])
labels = dict(line.split(",") for line in (study / "pictures/labels.csv").read_text().splitlines())
chosen = {}
for row in csv.DictReader(open(study / "right.csv", newline="")):
    chosen.setdefault(row["image"].split(".")[0], row["image"])
(study / "chosen.csv").write_text("".join(f"{image},{labels[image]}\n" for image in sorted(chosen.values())))
PY
  fi
  say "$(wc -l <"$STUDY/chosen.csv") pictures are kept"
}

# part N FILE: N evenly spaced lines of the chosen, or all of them where N is empty.
part() {
  awk -v wanted="$1" '{line[NR] = $0}
    END {if (wanted == "" || wanted > NR) wanted = NR; for (k = 0; k < wanted; k++) print line[int(k * NR / wanted) + 1]}' \
    "$STUDY/chosen.csv" >"$2"
}

fetch
compose
choose
suffix=${SHARD:+-${SHARD/\//-of-}}.csv
say "measuring; stop at any time and start again to go on"
study --accept "$STUDY/chosen.csv" --methods "$METHODS" --measures $MEASURES --preset imagenet-s ${SHARD:+--shard "$SHARD"} \
  --out "$STUDY/results$suffix"
part "$CURVES" "$STUDY/curved.csv"
study --accept "$STUDY/curved.csv" --methods "$METHODS" --measures authors-curves --preset imagenet-s ${SHARD:+--shard "$SHARD"} \
  --out "$STUDY/curves$suffix"
part "$CHECKED" "$STUDY/checked.csv"
study --accept "$STUDY/checked.csv" --methods $CHECKED_METHODS --measures randomisation ${SHARD:+--shard "$SHARD"} \
  --out "$STUDY/randomisation$suffix"
if [ -z "${SHARD:-}" ]; then
  python3 tools/study/report.py "$STUDY"/results*.csv "$STUDY"/curves*.csv --out docs/study.md \
    --randomisation "$STUDY"/randomisation*.csv --notes tools/study/findings.md
fi
