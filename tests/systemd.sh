#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs systemd as the service manager of processes, mounts and control groups of its own, with the project's templates and nothing else: what a
# machine with systemd as its first process has, without the machine. Ends with systemd, which ends when it is killed.
#   systemd.sh DIRECTORY PROGRAM
# DIRECTORY holds what is changed in /etc and /var, which is there again the next time; PROGRAM takes the place of the installed one, at a path
# that services see which see no home directories and no /tmp.
set -euo pipefail
directory=$1 program=$2
templates=$(cd "$(dirname "${BASH_SOURCE[0]}")/../packaging/systemd" && pwd)

exec unshare --mount --pid --fork --kill-child --mount-proc --cgroup --uts --propagation private bash -euo pipefail -c '
  directory=$1 program=$2 templates=$3
  for changed in etc var; do
    mkdir -p "$directory/$changed/upper" "$directory/$changed/work"
    mount -t overlay overlay -o "lowerdir=/$changed,upperdir=$directory/$changed/upper,workdir=$directory/$changed/work" "/$changed"
  done
  mount -t tmpfs tmpfs /run
  mkdir /run/installed
  mount --bind "${program%/*}" /run/installed
  mount -t cgroup2 none /sys/fs/cgroup
  mkdir -p "$directory/system"
  mount --bind "$directory/system" /etc/systemd/system
  for template in "$templates"/*; do
    sed "s|/usr/lib/kadalu-fsd/kadalu-fsd|/run/installed/${program##*/}|; s|/usr/lib/kadalu-fsd/|/run/installed/|" "$template" \
      > "/etc/systemd/system/${template##*/}"
  done
  for target in sysinit basic shutdown local-fs remote-fs network-online multi-user sockets umount; do
    printf "[Unit]\nDefaultDependencies=no\n" > "/etc/systemd/system/$target.target"
  done
  printf "[Unit]\nDefaultDependencies=no\nWants=multi-user.target sockets.target\n" > /etc/systemd/system/default.target
  printf "[Manager]\nDefaultStandardOutput=null\nDefaultStandardError=null\n" > /etc/systemd/system.conf
  exec env -i PATH="$PATH" container=kadalu-fsd-tests SYSTEMD_UNIT_PATH=/etc/systemd/system SYSTEMD_LOG_TARGET=console /lib/systemd/systemd --system' systemd "$directory" "$program" "$templates"
