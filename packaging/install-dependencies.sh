#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs from Debian's packages what is missing: `build` to compile, `run` to host and mount, `test` for everything else; `arm64` to
# cross-compile for that architecture, `arm64-test` to run what came of it; `ganesha` to compile NFS-Ganesha's FSAL for GlusterFS
# (nfs-ganesha itself is among it, since the FSAL is linked with its library).
# Does nothing, and needs no network, when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

libraries=(libc6-dev zlib1g-dev libglusterfs-dev liburcu-dev uuid-dev libacl1-dev libtirpc-dev libssl-dev)
build=(gcc make pkg-config "${libraries[@]}")
run=(glusterfs-common glusterfs-client fuse3 attr procps util-linux libsqlite3-0)
test=(glusterfs-server e2fsprogs openssh-client openssh-server fio groff-base iproute2 jq perl-base systemd nfs-ganesha nfs-ganesha-gluster rpcbind dbus-daemon
  libnfs-utils libnfs-dev qemu-utils qemu-block-extra samba samba-vfs-modules smbclient libsmbclient-dev)
ganesha=(nfs-ganesha cmake make gcc g++ bison flex patch pkg-config dpkg-dev
  libntirpc-dev libkrb5-dev libdbus-1-dev libglusterfs-dev liburcu-dev uuid-dev libacl1-dev)
arm64=(clang binutils-aarch64-linux-gnu mmdebstrap)

packages=()
for set in "$@"; do
  case $set in
    build) packages+=("${build[@]}") ;;
    run) packages+=("${run[@]}") ;;
    test) packages+=("${test[@]}") ;;
    ganesha) packages+=("${ganesha[@]}") ;;
    arm64 | arm64-test) packages+=("${arm64[@]}") ;;
    *) echo "usage: $0 [build] [run] [test] [ganesha] [arm64] [arm64-test]" >&2; exit 2 ;;
  esac
done

install_missing() {
  local missing=() package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "missing packages: ${missing[*]}; install them, or run this as root" >&2
    exit 1
  fi
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# unpack_root DIRECTORY: the libraries for arm64, of the same Debian as this machine's. They are unpacked beside the machine's own and not installed:
# libglusterfs-dev can be installed for one architecture only.
unpack_root() {
  [ ! -e "$1" ] || return 0
  echo "unpacking Debian's libraries for arm64"
  local new=$1.new packages link
  packages=$(IFS=,; echo "${libraries[*]},libgcc-$(gcc -dumpversion)-dev,glusterfs-common,libsqlite3-0")
  rm -rf "$new"
  mkdir -p "$(dirname "$new")"
  mmdebstrap --quiet --variant=extract --architectures=arm64 --include="$packages" "$(. /etc/os-release; echo "$VERSION_CODENAME")" "$new"
  # A link from the top would lead to this machine's libraries.
  find "$new" -type l -lname '/*' | while read -r link; do
    ln -snrf "$new$(readlink "$link")" "$link"
  done
  mv "$new" "$1"
}

# unpack_emulator FILE: QEMU of Debian 13. The one of Debian 12 has no openat2(2), which units need.
unpack_emulator() {
  [ ! -e "$1" ] || return 0
  echo "unpacking QEMU"
  mkdir -p "$(dirname "$1")"
  mmdebstrap --quiet --variant=extract --include=qemu-user trixie - | tar -xO ./usr/bin/qemu-aarch64 > "$1.new"
  chmod 755 "$1.new"
  mv "$1.new" "$1"
}

install_missing
for set in "$@"; do
  case $set in
    arm64) unpack_root artifacts/arm64/root ;;
    arm64-test) unpack_emulator artifacts/arm64/qemu-aarch64 ;;
  esac
done
