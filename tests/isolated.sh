#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs a command with network, mounts and processes of its own: whatever it starts or mounts is gone when it ends, however it
# ends. Gives it loopback, and an address that is not a loopback address (10.99.0.1, see TestNetwork.cs).
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "tests mount file systems and set trusted attributes: run them as root" >&2; exit 1; }
exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private bash -euo pipefail -c '
  ip link set lo up
  ip address add 10.99.0.1/32 dev lo
  [ -e /dev/fuse ] || { echo "/dev/fuse is missing: the FUSE client cannot mount" >&2; exit 1; }
  # A shell that runs things in the background makes them ignore SIGINT, and what they start as well.
  exec env --default-signal "$@"' isolated "$@"
