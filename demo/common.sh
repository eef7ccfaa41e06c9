# SPDX-License-Identifier: Apache-2.0
#
# What up.sh and down.sh share. Everything of the demo lies below one directory, so that down.sh can take it all away.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=${KADALU_FSD_DEMO:-$root/artifacts/demo}
program=$root/artifacts/kadalu-fsd/kadalu-fsd
kadalu=$root/artifacts/kadalu-fsd/kadalu
mount=$state/mnt
pool=demo

# Where the program keeps what it knows of pools.
export KADALU_FSD_ROOT=$state

die() {
  echo "demo: $*" >&2
  exit 1
}

mounted() {
  awk '{ print $2 }' /proc/mounts | grep -qxF "$mount"
}

[ "$(id -u)" = 0 ] || die "mounting and trusted extended attributes need root"
