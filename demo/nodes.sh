# SPDX-License-Identifier: Apache-2.0
#
# Machines on this machine: each has network, mounts, processes and a host name of its own, and keeps what a node keeps below the demo's
# directory. They are node1, node2 and so on, and "client", on one bridge.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

machines=$state/machines
bridge=kadalu-demo
network=10.98.0
client=100

# number NAME: the last part of its address.
number() {
  [ "$1" = client ] && echo "$client" || echo "${1#node}"
}

# process NAME: the first process of the machine; nothing where it does not run.
process() {
  local pid
  pid=$(cat "$machines/$1/pid" 2>/dev/null) || return 0
  grep -qxF "kadalu-demo-$1" <({ tr '\0' '\n' < "/proc/$pid/cmdline"; } 2>/dev/null) && echo "$pid" || true
}

# on NAME COMMAND...: runs a command there.
on() {
  local pid
  pid=$(process "$1")
  [ -n "$pid" ] || die "$1 does not run: make up NODES=3"
  nsenter --target "$pid" --mount --uts --net --pid -- "${@:2}"
}

# make_bridge COUNT: the wire between them, and the names that all of them know.
make_bridge() {
  ip link show "$bridge" > /dev/null 2>&1 || ip link add "$bridge" type bridge
  ip address replace "$network.254/24" dev "$bridge"
  ip link set "$bridge" up
  mkdir -p "$machines"
  {
    echo "127.0.0.1 localhost"
    local each
    for each in $(seq "$1"); do
      echo "$network.$each node$each"
    done
    echo "$network.$client client"
  } > "$machines/hosts"
}

# start_machine NAME: unless it runs.
start_machine() {
  local name=$1 own=$machines/$1 path pid
  [ -z "$(process "$name")" ] || return 0
  local mounts=
  for path in /var/lib/kadalu /var/log/kadalu /run/kadalu /etc/kadalu /etc/kadalu-fsd /srv /mnt; do
    mkdir -p "$own$path" "$path"
    mounts+="mount --bind '$own$path' '$path';"
  done
  rm -rf "$own/run/kadalu" && mkdir -p "$own/run/kadalu"
  setsid unshare --net --mount --uts --pid --fork --mount-proc --propagation private \
    bash -c "set -e; hostname '$name'; $mounts mount --bind '$machines/hosts' /etc/hosts; ip link set lo up; echo made > '$own/made'
      while true; do sleep 1000 & wait -n || true; done" "kadalu-demo-$name" < /dev/null > "$own/log" 2>&1 &
  for attempt in $(seq 200); do
    # The shell in the new namespace: the child of unshare.
    pid=$(cat "/proc/$!/task/$!/children" 2>/dev/null) && pid=${pid%% *}
    [ -e "$own/made" ] && [ -n "$pid" ] && break
    sleep 0.05
  done
  [ -e "$own/made" ] || die "$name does not start: $(cat "$own/log")"
  rm "$own/made"
  echo "$pid" > "$own/pid"
  ip link add "$bridge-$(number "$name")" type veth peer name eth0 netns "$pid"
  ip link set "$bridge-$(number "$name")" master "$bridge" up
  on "$name" ip address add "$network.$(number "$name")/24" dev eth0
  on "$name" ip link set eth0 up
}

# start_daemon NAME COMMAND...: starts the agent or the manager there, unless it runs, and waits until it can be asked.
start_daemon() {
  local name=$1 what=$2 socket=$3
  shift 3
  on "$name" "$kadalu" "$what" info > /dev/null 2>&1 && return 0
  nsenter --target "$(process "$name")" --mount --uts --net --pid -- setsid "$@" < /dev/null > /dev/null 2>&1 &
  for attempt in $(seq 200); do
    [ -S "$machines/$name/run/kadalu/$socket" ] && on "$name" "$kadalu" "$what" info > /dev/null 2>&1 && return 0
    sleep 0.1
  done
  die "$name: the $socket does not answer: $(tail -5 "$machines/$name/var/log/kadalu/"*.log 2>/dev/null)"
}

# stop_machines: with all that runs and is mounted there.
stop_machines() {
  local own name pid
  for own in "$machines"/*/; do
    [ -d "$own" ] || continue
    name=$(basename "$own")
    pid=$(process "$name")
    [ -z "$pid" ] || kill -9 "$pid"
    ip link delete "$bridge-$(number "$name")" 2> /dev/null || true
  done
  ip link delete "$bridge" 2> /dev/null || true
}
