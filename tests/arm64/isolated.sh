#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs a command as tests/isolated.sh does, with the libraries of arm64 beside the machine's own, where programs and GlusterFS look for them.
# $EMULATOR starts a program of that architecture, $CC compiles for it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
arm64=$(cd "$here/../../artifacts/arm64" && pwd)
export EMULATOR=$arm64/qemu-aarch64 CC="clang --target=aarch64-linux-gnu --sysroot=$arm64/root"
exec "$here/../isolated.sh" bash -euo pipefail -c '
  ulimit -c 0
  mount -t overlay overlay -o "lowerdir=/usr/lib:$0/usr/lib:$0/lib" /usr/lib
  exec "$@"' "$arm64/root" "$@"
