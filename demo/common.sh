# SPDX-License-Identifier: Apache-2.0
#
# What up.sh and down.sh share. Everything of the demo lies below one directory, so that down.sh can take it all away.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=${KADALU_FSD_DEMO:-$root/artifacts/demo}
program=$root/artifacts/kadalu-fsd/kadalu-fsd
mount=$state/mnt
pool=demo

die() {
  echo "demo: $*" >&2
  exit 1
}

# Whether the process of a pid file lives and is what it should be: a number may have been given to somebody else.
alive() {
  local pid
  pid=$(cat "$state/$1.pid" 2>/dev/null) && [ -n "$pid" ] && tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null | grep -qF "$state/"
}

mounted() {
  awk '{ print $2 }' /proc/mounts | grep -qxF "$mount"
}

[ "$(id -u)" = 0 ] || die "mounting and trusted extended attributes need root"
