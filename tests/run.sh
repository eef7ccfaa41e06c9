#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tests/run.sh              every test but the long ones, isolated: libkfsd's own under the sanitizers, then the test projects
# tests/run.sh units        the unit tests alone
# tests/run.sh long [PART]  the long ones: numbers of kills, sizes, soaks, load; all parts, or one. A part has an hour at most
# tests/run.sh soak [ROUNDS [FILTER [PROJECT]]]  some again and again beside what keeps the machine busy: pools of each type, crashes and heals
#
# Ends with what failed, if anything did, and the totals.
set -uo pipefail
cd "$(dirname "$0")/.."
results=artifacts/test-results
rm -rf "$results" && mkdir -p "$results"
export TEST_FIGURES=$PWD/$results/figures.txt
: > "$TEST_FIGURES"
export CLIENT_MATRIX=$PWD/$results/clients.tsv
passed=0 failed=0 skipped=0
failures=$results/failures.txt

# What has to pass each time, on a quiet machine and on a busy one.
pool_types=FullyQualifiedName~PoolTypeTests
crashes='FullyQualifiedName~CrashTests|FullyQualifiedName~PoolKillTests'
heals='FullyQualifiedName~HealDaemonTests|FullyQualifiedName~HealedEntriesTests|FullyQualifiedName~PendingHealTests|FullyQualifiedName~PoolHealTests'
split_brains=FullyQualifiedName~split_brain
managed=FullyQualifiedName~ManagedPoolTests
other_pools='FullyQualifiedName~.Pool&FullyQualifiedName!~PoolTypeTests&FullyQualifiedName!~PoolHealTests&FullyQualifiedName!~PoolKillTests'
: > "$failures"

# The integration tests that are a part of their own, about as long as each other; what is in none of them is two more parts: "pools" and "others".
declare -A part_of=(
  [clients]='RealClientTests GfapiTests MountLineTests'
  [exports]='QemuTests GaneshaTests PoolExportTests'
  [replaced]='UnitReplacementTests'
  [clusters]='ClusterTests ClusterHealTests ClusterKeepingTests ClusterClientTests DemoTests'
  [days]='ClusterDayTests ClusterVerbTests ClusterNameTests'
  [nodes]='ClusterNodeTests'
  [healed]='HealedEntriesTests PoolTypeTests'
  [settings]='PoolRestartTests PoolReturnTests PoolSettingTests PoolTlsTests'
  [definitions]='PoolDefinitionTests PoolDefinitionFileTests PoolDirectoryTests PoolOptionTests PoolConnectTests'
  [heals]='PoolHealTests PendingHealTests HealDaemonTests'
)

# What tests are run by, and how long one of them can take.
isolated=tests/isolated.sh
hang=10m

# start NAME WHAT...: runs the tests of a project that is built, or of assemblies; the results are called NAME.
start() {
  local name=$1
  shift
  timeout --kill-after=60 3600 "$isolated" dotnet test --logger "trx;LogFileName=$name.trx" --results-directory "$results" --blame-hang-timeout "$hang" --blame-hang-dump-type none "$@" || {
    echo "$name failed" >&2
    : > "$results/$name.failed"
  }
}

# collect NAME: adds them to the totals, and what failed to the list that is shown with them; a run without a result has failed,
# and so has one whose results do not say why it did: it broke off.
collect() {
  local counters before=$failed
  counters=$(grep -o '<Counters [^>]*>' "$results/$1.trx" 2>/dev/null) || {
    failed=$((failed + 1))
    echo "FAILED $1 as a whole: it left no result" >> "$failures"
    return
  }
  failed_tests "$results/$1.trx" >> "$failures"
  count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<< "$counters"; }
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count failed) + $(count error) + $(count timeout) + $(count aborted)))
  skipped=$((skipped + $(count notExecuted)))
  [ ! -e "$results/$1.failed" ] || [ "$failed" != "$before" ] || {
    failed=$((failed + 1))
    echo "FAILED $1 as a whole: it broke off" >> "$failures"
  }
}

# failed_tests FILE: their names, and the first lines of what each said.
failed_tests() {
  awk '
    /<UnitTestResult / { name = ""; if (/outcome="(Failed|Error|Timeout|Aborted)"/ && match($0, /testName="[^"]*"/)) name = substr($0, RSTART + 10, RLENGTH - 11) }
    name != "" && !(name in seen) { seen[name] = 1; print "FAILED " name }
    name != "" && /<Message>/ { left = 12 }
    left > 0 { left--; line = $0; if (line ~ /<\/Message>/) left = 0; gsub(/<[^>]*>/, "", line); print "  " substr(line, 1, 300) }
  ' "$1" | sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#x[AD];/ /g; s/&amp;/\&/g'
}

# run_project PROJECT NAME [OPTION...]
run_project() {
  start "$2" "$1" --no-build "${@:3}"
  collect "$2"
}

# run_command COUNT WHAT COMMAND...: what leaves no results: it passes as COUNT tests, or fails as one.
run_command() {
  local count=$1 what=$2
  shift 2
  if timeout --kill-after=60 3600 "$@"; then
    passed=$((passed + count))
  else
    failed=$((failed + 1))
    echo "FAILED $what ($*)" >> "$failures"
    return 1
  fi
}

native_tests=$(ls native/tests/test_*.c | wc -l)

# The unit tests of all projects, an assembly for each processor at a time: much of their time is starting and waiting.
run_units() {
  local project name assemblies=() began=$SECONDS
  for project in tests/*.Tests; do
    name=${project#tests/}
    case $name in
      Attack.Tests | Integration.Tests | Long.Tests) ;;
      *) assemblies+=("artifacts/build/bin/$name/debug/KadaluFsd.$name.dll") ;;
    esac
  done
  start Unit.Tests "${assemblies[@]}" -- RunConfiguration.MaxCpuCount=0
  collect Unit.Tests
  echo "unit tests of ${#assemblies[@]} projects: $((SECONDS - began)) s" >> "$TEST_FIGURES"
}

# The integration tests. Those with pools are one at a time, since they share ports; each part has a network of its own. Much of their time is waiting,
# so that some parts run beside each other, though not all of them: with more, what they wait for comes late.
parts_at_once=5
run_parts() {
  local part class rest=FullyQualifiedName tests=artifacts/build/bin/Integration.Tests/debug/KadaluFsd.Integration.Tests.dll
  for part in "${!part_of[@]}"; do
    for class in ${part_of[$part]}; do
      rest+="!~.$class&FullyQualifiedName"
    done
  done
  for part in others exports clients clusters settings pools definitions healed days replaced heals nodes; do # The longest first.
    [ "$(jobs -pr | wc -l)" -lt "$parts_at_once" ] || wait -n
    case $part in
      pools) class="$rest~.Pool" ;;
      others) class="$rest!~.Pool" ;;
      *) class="(FullyQualifiedName~.${part_of[$part]// /|FullyQualifiedName~.})" ;;
    esac
    [ "${TEST_EVERY_CASE:-}" = 1 ] || class+='&Size!=long'
    start "Integration.Tests.$part" "$tests" --filter "$class" &
  done
  wait
  for part in "${!part_of[@]}" pools others; do
    collect "Integration.Tests.$part" # Also one that was not started: it has left no result.
  done
}

run_short() {
  run_command "$native_tests" "libkfsd's own tests" tests/isolated.sh make --no-print-directory -C native test
  run_units
  start Attack.Tests tests/Attack.Tests --no-build & # Beside the parts, as one of them.
  run_parts
  collect Attack.Tests
  run_command 1 "the table of clients" tests/matrix.sh check
}

# repeat NAME ROUNDS FILTER [PROJECT]: the same tests again and again; all rounds have to pass.
repeat() {
  local name=$1 rounds=$2 filter=$3 project=${4:-tests/Integration.Tests} round before good=0 began=$SECONDS
  for ((round = 1; round <= rounds; round++)); do
    before=$failed
    run_project "$project" "$name.$round" --filter "$filter"
    [ "$failed" != "$before" ] || good=$((good + 1))
  done
  echo "$name: $good of $rounds rounds passed, $(((SECONDS - began) / rounds)) s each" >> "$TEST_FIGURES"
}

# busy NAME ROUNDS FILTER [PROJECT]: the same beside what keeps processors and disk busy (hogs.sh ends with this script by itself).
busy() {
  local hogs
  tests/hogs.sh &
  hogs=$!
  repeat "$@"
  kill -KILL "$hogs"
  wait "$hogs" 2> /dev/null
}

run_soak() {
  export TEST_EVERY_CASE=1
  local rounds=${1:-5} filter=${2:-} project=tests/${3:-Integration.Tests}
  [[ $rounds =~ ^[1-9][0-9]*$ && -d $project ]] || { echo "no number of rounds, or no project: $rounds, $project" >&2; exit 2; }
  busy soak "$rounds" "${filter:-$pool_types|$crashes|$heals|$split_brains}" "$project"
}

# What tests/arm64/build.sh builds, emulated.
run_arm64() {
  local isolated=tests/arm64/isolated.sh project
  run_command 0 "the build for arm64" tests/arm64/build.sh || return
  run_command "$native_tests" "libkfsd's own tests" "$isolated" make --no-print-directory -C native ARCH=arm64 run-tests
  for project in artifacts/arm64/tests/*; do
    run_project "$project/KadaluFsd.${project##*/}.dll" "long.arm64.${project##*/}" -- RunConfiguration.DotNetHostPath="$PWD/tests/arm64/host.sh"
  done
  run_command 1 "a unit for a client of this machine" "$isolated" tests/arm64/unit.sh
}

run_long() {
  local parts part project hang=58m
  export TEST_EVERY_CASE=1
  parts=$(printf '%s\n' arm64 changed-input every-case busy-pool-types busy-crashes busy-heals busy-pools busy-manager split-brain; grep -rhoP --include=*.cs 'Trait\("Part", "\K[a-z0-9-]+' tests/Long.Tests | sort -u)
  [ $# = 0 ] || { grep -qxF "$1" <<< "$parts" || { echo "there is no part \"$1\"; parts:" $parts >&2; exit 2; }; parts=$1; }
  for part in $parts; do
    case $part in
      arm64) run_arm64 ;;
      changed-input)
        for project in Rpc Volgen; do
          CsCheck_Iter=10000000 run_project "tests/$project.Tests" "long.changed-input.$project" --filter FullyQualifiedName~MutationTests
        done
        ;;
      every-case) run_parts ;;
      busy-pool-types) busy long.busy-pool-types 5 "$pool_types" ;;
      busy-crashes) busy long.busy-crashes 5 "$crashes" ;;
      busy-heals) busy long.busy-heals 5 "$heals" ;;
      busy-pools) busy long.busy-pools 3 "$other_pools" ;;
      busy-manager) busy long.busy-manager 12 "$managed" ;;
      split-brain) repeat long.split-brain 20 "$split_brains" ;;
      *) run_project tests/Long.Tests "long.$part" --filter "Part=$part" ;;
    esac
  done
}

dotnet build KadaluFsd.sln -c Debug -v quiet -clp:NoSummary || { echo "the build failed" >&2; exit 1; }
case ${1:-} in
  "") run_short ;;
  units) run_units ;;
  long) shift; run_long "$@" ;;
  soak) shift; run_soak "$@" ;;
  *) sed -n '4,7s/^# \?//p' "$0" >&2; exit 2 ;;
esac
cat "$TEST_FIGURES"
head -n 60 "$failures"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
