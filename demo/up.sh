#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Brings up a cluster of one node on this machine, with a pool of three storage units that mirror each other, mounted by the stock FUSE client. Run again,
# it only brings back what is not running.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ -x "$program" ] || die "$program is missing: run make build"
[ -e /dev/fuse ] || die "/dev/fuse is missing: the FUSE client cannot mount here"

# A dead mount cannot be looked into.
if mounted && ! timeout 10 ls "$mount" > /dev/null 2>&1; then
  umount -l "$mount"
fi
mkdir -p "$state/units" "$state/run" "$state/var/log/kadalu"
mounted || mkdir -p "$mount"

# answers QUESTION: a manager that has no cluster yet refuses to, and is there.
answers() {
  local code=0
  "$kadalu" "$1" info > /dev/null 2>&1 || code=$?
  [ $code = 0 ] || { [ "$1" = cluster ] && [ $code != 7 ] && [ -S "$state/run/kadalu/manager.sock" ]; }
}

# start NAME QUESTION COMMAND...: unless it answers; waits until it does.
start() {
  local name=$1 question=$2
  shift 2
  answers "$question" && return 0
  setsid "$@" --log "$state/var/log/kadalu/$name.log" --pid-file "$state/run/kadalu/$name.pid" < /dev/null > /dev/null 2>&1 &
  for attempt in $(seq 200); do
    answers "$question" && return 0
    sleep 0.1
  done
  die "the $name does not answer: $(tail -5 "$state/var/log/kadalu/$name.log" 2> /dev/null)"
}

# Other ports than those of a cluster that this machine may be in.
joined=$state/var/lib/kadalu/cluster/membership.json
start agent node "$program" agent --cluster-listen "127.0.0.1:${KADALU_FSD_DEMO_AGENT:-24811}"
start manager cluster "$kadalu" manager --cluster-listen "127.0.0.1:${KADALU_FSD_DEMO_MANAGER:-24810}"
[ -e "$joined" ] || "$kadalu" cluster create --name localhost
if "$kadalu" pool info "$pool" > /dev/null 2>&1; then
  "$kadalu" pool start "$pool"
else
  "$kadalu" pool create "$pool" mirror 3 "$state/units/1" "$state/units/2" "$state/units/3" --same-node --root-partition
fi
mounted || "$kadalu" pool mount "$pool" "$mount"
[ -d "$mount/src" ] || cp -r "$root/src" "$mount/src"
diff -r "$root/src" "$mount/src" > /dev/null || die "what was copied into $mount/src is not what is there"

cat << END

A pool of three units that mirror each other is mounted at
  $mount
with a copy of src/ in it, which was compared file by file.

$("$kadalu" pool status "$pool" || true)
Try next:
  echo hello > $mount/hello; cat $state/units/*/hello      # one file, three disks
  kill -9 PID; echo still > $mount/here; cat $mount/here      # a unit may die
  make up      # brings it back
  export KADALU_FSD_ROOT=$state      # where this cluster is known
  $kadalu heal info $pool      # what has to be healed
  $kadalu pool set $pool performance.io-cache on      # in the running mount
  make down      # takes all of it away
END
