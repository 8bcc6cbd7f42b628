#!/usr/bin/env bash
# Runs the named parts of the Makefile one after another, all of them even where one fails, and sums up.
set -uo pipefail
cd "$(dirname "$0")/.."

summary=() failed=0 start=$SECONDS
for part in "$@"; do
  printf '\n== %s ==\n' "$part"
  begin=$SECONDS
  if "${MAKE:-make}" --no-print-directory "$part" </dev/null; then
    result=passed
  else
    result=FAILED
    failed=$((failed + 1))
  fi
  summary+=("$(printf '%-20s %s (%d s)' "$part" "$result" $((SECONDS - begin)))")
done

printf '\n== summary ==\n'
printf '%s\n' "${summary[@]}"
if [ "$failed" -gt 0 ]; then
  printf 'test: %d of %d parts FAILED in %d s\n' "$failed" $# $((SECONDS - start))
  exit 1
fi
printf 'test: all %d parts passed in %d s\n' $# $((SECONDS - start))
