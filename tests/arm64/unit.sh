#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A unit of arm64 from start to stop, with a command line of the same and a stock client of this machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
fsd="$EMULATOR artifacts/kadalu-fsd-arm64/kadalu-fsd"
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
fail() {
  echo "arm64: $1" >&2
  cat "$directory/log" >&2 2>/dev/null || true
  exit 1
}

version=$($fsd --version)
[ "${version%%+*}" = "$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)" ] || fail "--version is not the version"
$fsd options 'performance.io-thread-count' | grep -q 'whole number from 1 to 64, default 16' || fail "a translator does not say which options it has"

id=$(cat /proc/sys/kernel/random/uuid)
mkdir -p "$directory"/{unit/.glusterfs/indices,volfiles,mnt}
setfattr -n trusted.glusterfs.volume-id -v "0x${id//-/}" "$directory/unit"
fill() {
  sed "s#@POOL@#pool#g; s#@DIRECTORY@#$directory/unit#g; s#@VOLUME_ID@#$id#g; s#@NUMBER@#0#g; s#@PORT@#24999#g" "bench/Load/volfiles/$1"
}
fill unit.vol.in > "$directory/unit.vol"
fill client-connection.vol.in > "$directory/volfiles/pool.vol"

$fsd unit --volfile "$directory/unit.vol" --port 24999 --volfiles "$directory/volfiles" --control "$directory/control" \
  --log "$directory/log" &
unit=$!
timeout 60 bash -c 'until [ -e "$1" ] && grep -q "ready: serving" "$1"; do sleep 0.1; done' wait "$directory/log" || fail "the unit is not ready after a minute"
$fsd status "$directory/control" | grep -qx 'state  *ready' || fail "the unit does not say that it is ready"
$fsd volfile get 127.0.0.1:24999 pool | cmp - "$directory/volfiles/pool.vol" || fail "the volfile is not what is served"

glusterfs --volfile-server=127.0.0.1 --volfile-server-port=24999 --volfile-id=pool --log-file="$directory/mount.log" "$directory/mnt" ||
  fail "it cannot be mounted"
head -c 300000 /dev/urandom > "$directory/bytes"
cp "$directory/bytes" "$directory/mnt/copy" && cmp "$directory/bytes" "$directory/unit/copy" || fail "a file is not what was written"
umount "$directory/mnt"

$fsd stop "$directory/control" || fail "it cannot be stopped"
wait "$unit" || fail "the unit ended with $?"
