#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# up-nodes.sh COUNT: brings up a cluster of so many nodes, each in namespaces of its own on this machine, with a pool over the first three of them that a
# client mounts. Run again, it only brings back what is not running.
source "$(dirname "${BASH_SOURCE[0]}")/nodes.sh"

count=$1
[[ $count =~ ^[0-9]+$ ]] && [ "$count" -ge 3 ] && [ "$count" -le 50 ] || die "NODES is a number from 3 to 50, not \"$count\""
[ -x "$kadalu" ] || die "$kadalu is missing: run make build"
[ -e /dev/fuse ] || die "/dev/fuse is missing: the FUSE client cannot mount here"
unset KADALU_FSD_ROOT

make_bridge "$count"
start_machine client
for each in $(seq "$count"); do
  start_machine "node$each"
  start_daemon "node$each" node agent.sock "$program" agent --log /var/log/kadalu/agent.log --pid-file /run/kadalu/agent.pid
done
if [ -e "$machines/node1/var/lib/kadalu/manager/state.db" ]; then
  start_daemon node1 cluster manager.sock "$kadalu" manager --log /var/log/kadalu/manager.log --pid-file /run/kadalu/manager.pid
else
  on node1 "$kadalu" cluster create
fi
for each in $(seq 2 "$count"); do
  on "node$each" "$kadalu" pool list > /dev/null 2>&1 ||
    on "node$each" "$kadalu" node join "$(on node1 "$kadalu" node token)"
done
if on node1 "$kadalu" pool info "$pool" > /dev/null 2>&1; then
  on node1 "$kadalu" pool start "$pool"
else
  on node1 "$kadalu" pool create "$pool" mirror node1:/srv/unit node2:/srv/unit node3:/srv/unit --root-partition
fi
if ! on client mountpoint -q "/mnt/$pool"; then
  port=$(sed -nE 's/^  "port": ([0-9]+).*/\1/p' "$machines/node1/var/lib/kadalu/pools/$pool.json" | head -1)
  on client mkdir -p /var/log/kadalu "/mnt/$pool"
  on client glusterfs --volfile-server=node1 --volfile-server=node2 --volfile-server=node3 --volfile-server-port="$port" \
    --volfile-id="$pool" --log-file=/var/log/kadalu/mnt.log "/mnt/$pool"
fi
on client test -d "/mnt/$pool/src" || on client cp -r "$root/src" "/mnt/$pool/src"
on client diff -r "$root/src" "/mnt/$pool/src" > /dev/null || die "what was copied into the pool is not what is there"

cat << EOF

A cluster of $count nodes. The pool "$pool" over node1, node2 and node3 is mounted at /mnt/$pool of the machine "client", with a copy of src/ in
it, which was compared file by file.

$(on node2 "$kadalu" pool status "$pool" || true)
Try next:
  demo/on.sh client sh -c 'echo hello > /mnt/$pool/hello'; demo/on.sh node3 cat /srv/unit/hello
  demo/on.sh node2 kadalu node list      # kadalu can be typed on any of them
  demo/on.sh node2 kadalu pool set $pool performance.io-cache on
  make up NODES=$count      # brings back what does not run
  make down      # takes all of it away
EOF
