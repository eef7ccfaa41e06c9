#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Takes away everything that up.sh brought: the mount, the processes, the files.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ -d "$state" ] || exit 0

# Ends the process of a pid file: asks first, insists after 10 s.
end() {
  alive "$1" || return 0
  local pid=$(cat "$state/$1.pid") attempt
  kill "$pid" 2>/dev/null || return 0
  for attempt in $(seq 200); do
    alive "$1" || return 0
    sleep 0.05
  done
  kill -9 "$pid" 2>/dev/null || true
}

if mounted; then
  umount "$mount" 2>/dev/null || umount -l "$mount"
fi
end mount
for number in 1 2 3; do
  end unit$number
done
mounted && die "$mount is still mounted"
rm -rf -- "$state"
