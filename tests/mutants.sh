#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Says how many small changes of src/ the unit tests notice (Stryker.NET): each change is one mutant, put in alone.
#   tests/mutants.sh [PROJECT...]   Rpc, Volgen, ...; all without one. FILES='**/Route*.cs' for some of their files
# Works in a copy of the tree, so that what is built here stays as it is. Ends with a table, and leaves who survived in
# artifacts/mutants. A project has an hour; tests that change their input at random take no part, as they would take a day.
set -uo pipefail
cd "$(dirname "$0")/.."
out=$PWD/artifacts/mutants
tree=$out/tree

# The unit tests of a project: its own, or where it has none those of the projects that use it.
tests_of() {
  local user found=()
  if [ -d "tests/$1.Tests" ]; then
    found=("tests/$1.Tests")
  else
    for user in $(grep -l "/$1.csproj" src/*/*.csproj | xargs -rn1 dirname | xargs -rn1 basename); do
      [ ! -d "tests/$user.Tests" ] || found+=("tests/$user.Tests")
    done
  fi
  echo "${found[@]}"
}

# row NAME REPORT...: killed, survived, not even run by a test, and how many of a hundred were killed. Running on for ever is
# noticed as well; what does not compile is nobody's.
row() {
  local name=$1
  shift
  jq -rs --arg name "$name" '
    [.[].files[].mutants[].status] as $all
    | def of($status): [$all[] | select(. == $status)] | length;
    (of("Killed") + of("Timeout")) as $noticed | of("Survived") as $survived | of("NoCoverage") as $unseen
    | ($noticed + $survived + $unseen) as $sum
    | [$name, $noticed, $survived, $unseen, (if $sum == 0 then "-" else "\($noticed * 100 / $sum | round) %" end)]
    | @tsv' "$@"
}

run() {
  local project=$1 suites=() options=() suite pattern
  for suite in $(tests_of "$project"); do
    # What is not built is taken for what cannot be built.
    (cd "$tree" && dotnet build "$suite" -v quiet -clp:NoSummary) || return 1
    suites+=(--test-project "${suite#tests/}/${suite#tests/}.csproj")
  done
  for pattern in ${FILES:-}; do options+=(--mutate "$pattern"); done
  # Not where the solution is: it would take all of it.
  (cd "$tree/tests" && timeout --kill-after=60 3600 ./isolated.sh dotnet stryker -f stryker-config.json \
    --project "$project.csproj" "${suites[@]}" "${options[@]}" -c "$(nproc)" -O "$out/$project" --skip-version-check) \
    > "$out/$project.log" 2>&1 || { echo "$project failed:" >&2; tail -n 20 "$out/$project.log" >&2; return 1; }
  jq -r --arg tree "$tree/" '.files | to_entries[] | .key as $file | .value.mutants[]
    | select(.status == "Survived" or .status == "NoCoverage")
    | "\($file | ltrimstr($tree)):\(.location.start.line) \(.status): \(.mutatorName): \(.replacement | gsub("\\s+"; " "))"' \
    "$out/$project/reports/mutation-report.json" | sort -V > "$out/$project.survivors"
}

# FILES is for a shell to split, not to expand.
set -f
projects=("$@")
[ $# -gt 0 ] || mapfile -t projects < <(find src -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)
set +f
for project in "${projects[@]}"; do
  [ -f "src/$project/$project.csproj" ] || { echo "there is no project src/$project" >&2; exit 2; }
done

rm -rf "$out" && mkdir -p "$tree"
git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2> /dev/null | tar -cf - -T - | tar -xf - -C "$tree"
(cd "$tree" && dotnet tool restore && dotnet restore KadaluFsd.sln) > "$out/restore.log" 2>&1 || { cat "$out/restore.log" >&2; exit 1; }

failed=0
reports=()
for project in "${projects[@]}"; do
  [ -n "$(tests_of "$project")" ] || { echo "$project has no unit tests" >&2; continue; }
  run "$project" && reports+=("$out/$project/reports/mutation-report.json") || failed=1
done
rm -rf "$tree"
[ ${#reports[@]} -gt 0 ] || exit 1
{
  printf 'project\tnoticed\tsurvived\tnot run\tscore\n'
  for report in "${reports[@]}"; do row "$(basename "$(dirname "$(dirname "$report")")")" "$report"; done
  row total "${reports[@]}"
} | column -t -s $'\t' -R 2,3,4,5 | tee "$out/score.txt"
exit "$failed"
