#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Keeps the machine busy until it is killed: two busy loops for each processor, and a writer that waits for the disk after each
# piece, on the file system that tests use. Ends with whoever has started it, however that ends: the kernel kills it then, and with
# it all that it has started, which is alone in a namespace of processes. Its file has no name, so that nothing of it is left.
set -euo pipefail
[ "${1:-}" = inside ] || exec setpriv --pdeathsig KILL unshare --pid --fork --kill-child "$0" inside

file=$(mktemp "${TMPDIR:-/tmp}/kadalu-fsd-hog-XXXXXX")
exec 3<> "$file"
rm "$file"
for ((loop = 0; loop < 2 * $(nproc); loop++)); do
  (while :; do :; done) &
done

# 64 MiB, again and again.
while dd if=/dev/zero of=/proc/self/fd/3 bs=64k count=1024 conv=notrunc oflag=dsync status=none; do :; done
