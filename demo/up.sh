#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Brings up a pool on this machine: three storage units that mirror each other, mounted by the stock FUSE client. Run again, it
# only brings back what is not running.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ -x "$program" ] || die "$program is missing: run make build"
[ -e /dev/fuse ] || die "/dev/fuse is missing: the FUSE client cannot mount here"
mkdir -p "$state/volfiles" "$mount" 2>/dev/null || true

# A port that was free once is kept, so that a unit comes back where its clients look for it.
free_port() {
  local port
  while :; do
    port=$((24100 + RANDOM % 8000))
    if ! (exec 3<> "/dev/tcp/127.0.0.1/$port") 2>/dev/null && ! grep -qx "$port" "$state"/*.port 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

uuid() { cat /proc/sys/kernel/random/uuid; }

prepare_pool() {
  [ -f "$state/volume-id" ] || uuid > "$state/volume-id"
  local number id=$(cat "$state/volume-id") clients="" pending=""
  for number in 1 2 3; do
    local directory=$state/units/$number
    if [ ! -d "$directory" ]; then
      mkdir -p "$directory"
      setfattr -n trusted.glusterfs.volume-id -v "0x${id//-/}" "$directory"
    fi
    [ -f "$state/unit$number.port" ] || free_port > "$state/unit$number.port"
    sed -e "s|@POOL@|$pool|g; s|@DIRECTORY@|$directory|g; s|@VOLUME_ID@|$id|g" "$root/demo/unit.vol.in" > "$state/unit$number.vol"
    sed -e "s|@POOL@|$pool|g; s|@DIRECTORY@|$directory|g; s|@NUMBER@|$((number - 1))|g; s|@PORT@|$(cat "$state/unit$number.port")|g" \
      "$root/demo/client-connection.vol.in"
  done > "$state/client.vol.new"
  sed -e "s|@POOL@|$pool|g; s|@VOLUME_ID@|$id|g" "$root/demo/client-top.vol.in" >> "$state/client.vol.new"
  mv "$state/client.vol.new" "$state/volfiles/$pool.vol"
}

# A unit says READY=1 on the socket that NOTIFY_SOCKET names; without systemd, its log line is as good a sign.
start_unit() {
  local name=unit$1 port=$(cat "$state/unit$1.port") attempt
  if alive "$name"; then
    return
  fi
  : > "$state/$name.start"
  setsid "$program" unit --volfile "$state/$name.vol" --port "$port" --volfiles "$state/volfiles" --log "$state/$name.log" \
    < /dev/null > "$state/$name.start" 2>&1 &
  echo $! > "$state/$name.pid"
  for attempt in $(seq 200); do
    if "$program" volfile get "127.0.0.1:$port" "$pool" > /dev/null 2>&1; then
      return
    fi
    alive "$name" || die "unit $1 did not start: $(cat "$state/$name.start")"
    sleep 0.05
  done
  die "unit $1 did not answer within 10 s; see $state/$name.log"
}

mount_pool() {
  if mounted && timeout 10 ls "$mount" > /dev/null 2>&1; then
    return
  fi
  mounted && umount -l "$mount"
  glusterfs --volfile-server=127.0.0.1 --volfile-server-port="$(cat "$state/unit1.port")" --volfile-id="$pool" \
    --log-file="$state/mount.log" --pid-file="$state/mount.pid" "$mount" ||
    die "the mount failed; see $state/mount.log"
}

copy_and_verify() {
  [ -d "$mount/src" ] || cp -r "$root/src" "$mount/src"
  diff -r "$root/src" "$mount/src" > /dev/null || die "what was copied into $mount/src is not what is there"
}

prepare_pool
for number in 1 2 3; do
  start_unit $number
done
mount_pool
copy_and_verify

cat << EOF

A pool of three units that mirror each other is mounted at
  $mount
with a copy of src/ in it, which was compared file by file. Its units and their ports:
$(for number in 1 2 3; do echo "  $state/units/$number  port $(cat "$state/unit$number.port")  pid $(cat "$state/unit$number.pid")  log $state/unit$number.log"; done)

Try next:
  echo hello > $mount/hello; cat $state/units/*/hello      # one file, three disks
  kill -9 $(cat "$state/unit2.pid"); echo still > $mount/here; cat $mount/here      # a unit may die
  make up      # brings it back
  $program volfile get 127.0.0.1:$(cat "$state/unit1.port") $pool      # what the client mounted
  make down      # takes all of it away
EOF
