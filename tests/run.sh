#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tests/run.sh              every test but the long ones, isolated: the shim's own under the sanitizers, then the test projects
# tests/run.sh long [PART]  the long ones: numbers of kills, sizes, soaks, load; all parts, or one. A part has an hour at most
#
# Ends with the totals.
set -uo pipefail
cd "$(dirname "$0")/.."
results=artifacts/test-results
rm -rf "$results" && mkdir -p "$results"
export TEST_FIGURES=$PWD/$results/figures.txt
: > "$TEST_FIGURES"
passed=0 failed=0 skipped=0

# start PROJECT NAME [OPTION...]: runs a project's tests; the results are called NAME.
start() {
  local project=$1 name=$2
  shift 2
  timeout --kill-after=60 3600 tests/isolated.sh dotnet test "$project" --no-build --logger "trx;LogFileName=$name.trx" --results-directory "$results" --blame-hang-timeout 10m --blame-hang-dump-type none "$@" ||
    echo "$name failed" >&2
}

# collect NAME: adds them to the totals; a run without a result has failed.
collect() {
  local counters
  counters=$(grep -o '<Counters [^>]*>' "$results/$1.trx" 2>/dev/null) || { failed=$((failed + 1)); return; }
  count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<< "$counters"; }
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count failed) + $(count error) + $(count timeout) + $(count aborted)))
  skipped=$((skipped + $(count notExecuted)))
}

run_project() {
  start "$@"
  collect "$2"
}

run_short() {
  if tests/isolated.sh make --no-print-directory -C native test; then
    passed=$((passed + $(ls native/tests/test_*.c | wc -l)))
  else
    failed=$((failed + 1))
  fi
  local project
  for project in tests/*.Tests; do
    case $project in
      tests/Integration.Tests | tests/Long.Tests) ;;
      *) run_project "$project" "$(basename "$project")" ;;
    esac
  done

  # Tests with pools are one at a time, since they share ports, and most of their time is waiting: half of them has a network of its own beside the others.
  start tests/Integration.Tests Integration.Tests.pools --filter FullyQualifiedName~.Pool &
  start tests/Integration.Tests Integration.Tests.others --filter FullyQualifiedName\!~.Pool &
  wait
  collect Integration.Tests.pools
  collect Integration.Tests.others
}

# Tests of the suite that have to pass each time, on a quiet machine and on a busy one.
split_brain() {
  local round
  for round in {1..20}; do
    run_project tests/Integration.Tests "long.split-brain.$round" --filter FullyQualifiedName~split_brain
  done
}

busy() {
  local round spinner spinners=()
  for spinner in 1 2 3 4; do
    (while :; do :; done) &
    spinners+=($!)
  done
  trap 'kill "${spinners[@]}"' EXIT
  for round in 1 2 3; do
    run_project tests/Integration.Tests "long.busy.$round" --filter "FullyQualifiedName~Pool|FullyQualifiedName~Heal|FullyQualifiedName~Crash"
  done
}

run_long() {
  local parts part
  parts=$(printf '%s\n' busy split-brain; grep -rhoP --include=*.cs 'Trait\("Part", "\K[a-z0-9-]+' tests/Long.Tests | sort -u)
  [ $# = 0 ] || { grep -qxF "$1" <<< "$parts" || { echo "there is no part \"$1\"; parts:" $parts >&2; exit 2; }; parts=$1; }
  for part in $parts; do
    case $part in
      busy) busy ;;
      split-brain) split_brain ;;
      *) run_project tests/Long.Tests "long.$part" --filter "Part=$part" ;;
    esac
  done
}

dotnet build KadaluFsd.sln -c Debug -v quiet -clp:NoSummary || { echo "the build failed" >&2; exit 1; }
case ${1:-} in
  "") run_short ;;
  long) shift; run_long "$@" ;;
  *) sed -n '4,7s/^# \?//p' "$0" >&2; exit 2 ;;
esac
cat "$TEST_FIGURES"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
