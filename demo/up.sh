#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Brings up a pool on this machine: three storage units that mirror each other, mounted by the stock FUSE client. Run again, it
# only brings back what is not running.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ -x "$program" ] || die "$program is missing: run make build"
[ -e /dev/fuse ] || die "/dev/fuse is missing: the FUSE client cannot mount here"

# A dead mount cannot be looked into.
if mounted && ! timeout 10 ls "$mount" > /dev/null 2>&1; then
  umount -l "$mount"
fi
mkdir -p "$state/units"
mounted || mkdir -p "$mount"

if [ -f "$state/var/lib/kadalu/pools/$pool.json" ]; then
  "$program" pool start "$pool"
else
  "$program" pool create "$pool" mirror 3 "$state/units/1" "$state/units/2" "$state/units/3" --same-node --root-partition
fi
mounted || "$program" pool mount "$pool" "$mount"
[ -d "$mount/src" ] || cp -r "$root/src" "$mount/src"
diff -r "$root/src" "$mount/src" > /dev/null || die "what was copied into $mount/src is not what is there"

cat << EOF

A pool of three units that mirror each other is mounted at
  $mount
with a copy of src/ in it, which was compared file by file.

$("$program" pool status "$pool")
Try next:
  echo hello > $mount/hello; cat $state/units/*/hello      # one file, three disks
  kill -9 PID; echo still > $mount/here; cat $mount/here      # a unit may die
  make up      # brings it back
  export KADALU_FSD_ROOT=$state      # where this pool is known
  $program pool heal info $pool      # what has to be healed
  $program pool set $pool performance.io-cache on      # in the running mount
  make down      # takes all of it away
EOF
