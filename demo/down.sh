#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Takes away everything that up.sh brought: the mount, the processes, the files.
source "$(dirname "${BASH_SOURCE[0]}")/nodes.sh"

[ -d "$state" ] || exit 0
stop_machines

# An unmounted client ends by itself, a moment later.
client() {
  local directory
  for directory in /proc/[0-9]*; do
    if { tr '\0' '\n' < "$directory/cmdline"; } 2>/dev/null | grep -qxF "$mount"; then
      echo "${directory#/proc/}"
    fi
  done
}

if mounted; then
  umount "$mount" 2>/dev/null || umount -l "$mount"
fi
for attempt in $(seq 200); do
  [ -n "$(client)" ] || break
  sleep 0.05
done
for pid in $(client); do
  kill -9 "$pid" 2>/dev/null || true
done
if [ -f "$state/var/lib/kadalu/pools/$pool.json" ]; then
  "$kadalu" pool stop "$pool" -y || true
fi

# The agent, the manager, and what could not be stopped because they did not run.
running() {
  local directory
  for directory in /proc/[0-9]*; do
    if { tr '\0' '\n' < "$directory/cmdline"; } 2>/dev/null | grep -qF "$state/"; then
      echo "${directory#/proc/}"
    fi
  done
}

for pid in $(running); do
  kill -9 "$pid" 2>/dev/null || true
done
mounted && die "$mount is still mounted"
rm -rf -- "$state"
