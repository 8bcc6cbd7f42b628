#!/usr/bin/env bash
# Runs the named parts of the Makefile, all of them even where one fails, and sums up.
#
#   tools/test.sh [--beside PART] PART... [--then PART...]
#
# The part after --beside runs beside the others, which share no build folder with it: linking whole programs leaves a core
# idle. The parts after --then wait for it.
#
# A part that passed is not run again while nothing that it reads has changed, by a hash of all of it. With CI or
# GRADLENS_TEST_ALL in the environment every part is run.
set -uo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=env.sh
. tools/env.sh

# What decides a part's outcome, as paths for git. The page is looked at by its sources, as a build of it follows from these.
BUILDING=(Cargo.toml Cargo.lock .cargo Makefile tools)
inputs_of() {
  case $1 in
    check-format) inputs=(Cargo.toml src tests tools) ;;
    check-dependencies) inputs=(Cargo.toml Cargo.lock deny.toml Makefile tools) ;;
    lint-native | lint-wasm) inputs=("${BUILDING[@]}" src tests clippy.toml) ;;
    # Not compiled into it: what the page shows.
    test-browser) inputs=("${BUILDING[@]}" src ':!src/app' ':!src/bin/app.rs' tests webdriver.json static) ;;
    test-page) inputs=("${BUILDING[@]}" src www static tests docs Trunk.toml) ;;
    # Everything there is: sources and documents are read by tests too.
    test-native) inputs=(.) ;;
    *) inputs=() ;;
  esac
}

# The hash of what the part reads, with the programs that run it; empty where it cannot be told.
mark_of() {
  local inputs
  inputs_of "$1"
  [ ${#inputs[@]} -gt 0 ] && [ -z "${CI:-}${GRADLENS_TEST_ALL:-}" ] || return 0
  git rev-parse --is-inside-work-tree >/dev/null 2>&1 || return 0
  {
    echo "$1"
    rustc -vV
    node --version
    "${CHROMIUM:-true}" --version
    sha256sum static/models/*
    git ls-files -coz --exclude-standard -- "${inputs[@]}" | sort -zu | xargs -0 sha256sum
  } 2>/dev/null | sha256sum | cut -c1-32
}

summary=() failed=0 start=$SECONDS
mkdir -p "$CACHE/passed" .timings

# sum_up PART RESULT SECONDS
sum_up() {
  summary+=("$(printf '%-20s %s (%d s)' "$1" "$2" "$3")")
  printf '%s,%s,%s,%d\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" "$3" >>.timings/parts.csv
  [ "$2" != FAILED ] || failed=$((failed + 1))
}

run() {
  local part=$1 begin=$SECONDS mark result
  printf '\n== %s ==\n' "$part"
  mark=$(mark_of "$part")
  if [ -n "$mark" ] && [ -e "$CACHE/passed/$mark" ]; then
    echo "passed before with the same content (GRADLENS_TEST_ALL=1 runs it again)"
    sum_up "$part" "passed before" 0
    return
  fi
  if "${MAKE:-make}" --no-print-directory "$part" </dev/null; then
    result=passed
    [ -z "$mark" ] || touch "$CACHE/passed/$mark"
  else
    result=FAILED
  fi
  sum_up "$part" "$result" $((SECONDS - begin))
}

beside= waiting=
join() {
  [ -n "$waiting" ] || return 0
  local code=0 result=passed
  wait "$waiting" || code=$?
  waiting=
  [ "$code" = 0 ] || result=FAILED
  printf '\n== %s, beside the others ==\n' "$beside"
  cat ".timings/$beside.log"
  sum_up "$beside" "$result" "$(cat ".timings/$beside.seconds")"
}

while [ $# -gt 0 ]; do
  case $1 in
    --beside)
      beside=$2
      (
        begin=$SECONDS
        "${MAKE:-make}" --no-print-directory "$beside" </dev/null >".timings/$beside.log" 2>&1
        code=$?
        echo $((SECONDS - begin)) >".timings/$beside.seconds"
        exit $code
      ) &
      waiting=$!
      shift
      ;;
    --then) join ;;
    *) run "$1" ;;
  esac
  shift
done
join

printf '\n== summary ==\n'
printf '%s\n' "${summary[@]}"
if [ "$failed" -gt 0 ]; then
  printf 'test: %d of %d parts FAILED in %d s\n' "$failed" ${#summary[@]} $((SECONDS - start))
  exit 1
fi
printf 'test: all %d parts passed in %d s\n' ${#summary[@]} $((SECONDS - start))
