#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs from Debian's packages what is missing: `build` to compile, `run` to host and mount, `test` for everything else.
# Does nothing, and needs no network, when all is there.
set -euo pipefail

build=(gcc libc6-dev make pkg-config zlib1g-dev libglusterfs-dev liburcu-dev uuid-dev libacl1-dev libtirpc-dev libssl-dev)
run=(glusterfs-common glusterfs-client fuse3 attr procps util-linux)
test=(glusterfs-server e2fsprogs fio groff-base iproute2 jq perl-base systemd nfs-ganesha nfs-ganesha-gluster libnfs-utils qemu-utils qemu-block-extra)

packages=()
for set in "$@"; do
  case $set in
    build) packages+=("${build[@]}") ;;
    run) packages+=("${run[@]}") ;;
    test) packages+=("${test[@]}") ;;
    *) echo "usage: $0 [build] [run] [test]" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "missing packages: ${missing[*]}; install them, or run this as root" >&2
  exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
