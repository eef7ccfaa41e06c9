#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs every test: the shim's own under the sanitizers, then all test projects, isolated. Ends with the totals.
set -uo pipefail
cd "$(dirname "$0")/.."
results=artifacts/test-results
rm -rf "$results" && mkdir -p "$results"
export TEST_FIGURES=$PWD/$results/figures.txt
: > "$TEST_FIGURES"

dotnet build KadaluFsd.sln -c Debug -v quiet -clp:NoSummary || { echo "the build failed" >&2; exit 1; }

passed=0 failed=0 skipped=0
if tests/isolated.sh make --no-print-directory -C native test; then
  passed=$((passed + $(ls native/tests/test_*.c | wc -l)))
else
  failed=$((failed + 1))
fi

for project in tests/*.Tests; do
  name=$(basename "$project")
  tests/isolated.sh dotnet test "$project" --no-build --logger "trx;LogFileName=$name.trx" --results-directory "$results" ||
    echo "$name failed" >&2
  counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null) || { failed=$((failed + 1)); continue; }
  count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<< "$counters"; }
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count failed) + $(count error) + $(count timeout) + $(count aborted)))
  skipped=$((skipped + $(count notExecuted)))
done

cat "$TEST_FIGURES"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
