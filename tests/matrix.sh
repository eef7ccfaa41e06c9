#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tests/matrix.sh write    makes docs/reference/clients.md of what the last `make test` has found of clients
# tests/matrix.sh check    whether the table there is what it has found
set -euo pipefail
cd "$(dirname "$0")/.."
found=artifacts/test-results/clients.tsv
page=docs/reference/clients.md
columns="connects,first server dead,server lost later,option set,unit killed"
[ -s "$found" ] || { echo "$found is missing: run make test" >&2; exit 1; }

awk -F '\t' -v columns="$columns" '
  BEGIN { count = split(columns, names, ","); for (at = 1; at <= count; at++) known[names[at]] = 1 }
  NF != 3 || !($2 in known) || ($3 != "yes" && $3 != "no") { print "a test has noted what is no cell of the table: " $0; bad = 1 }
  END { exit bad }' "$found" >&2

table() {
  LC_ALL=C sort -u "$found" | awk -F '\t' -v columns="$columns" '
    BEGIN {
      count = split(columns, names, ",")
      printf "| client | way"; for (at = 1; at <= count; at++) printf " | %s", names[at]; print " |"
      printf "|---|---"; for (at = 1; at <= count; at++) printf "|---"; print "|"
    }
    !($1 in seen) { seen[$1] = 1; clients[++all] = $1 }
    # Sorted: "no" comes before "yes", and wins.
    !(($1, $2) in cells) { cells[$1, $2] = $3 }
    END {
      for (client = 1; client <= all; client++) {
        printf "| %s", clients[client]
        for (at = 1; at <= count; at++) printf " | %s", (clients[client], names[at]) in cells ? cells[clients[client], names[at]] : ""
        print " |"
      }
    }'
}

version() {
  dpkg-query -W -f '${Version}' "$1"
}

page() {
  cat << END
<!-- Made by make matrix, of what make test has found. -->
# Clients

Every cell is a test of \`make test\`; an empty one is not tested. \`make test\` fails when this table is not what it finds.

| column | the test |
|---|---|
| connects | reads and writes files |
| first server dead | connects although nobody answers at the first volfile server of its list, or address of its name |
| server lost later | hears of changed options from another volfile server when its own has gone |
| option set | an option takes effect in it while it works |
| unit killed | writes, renames, truncates and deletes files while a unit of a mirror or a disperse pool is killed and comes back; nothing fails, everything can be read, and the unit is healed |

$(table)

With GlusterFS $(version glusterfs-client), QEMU $(version qemu-utils), Samba $(version samba), NFS-Ganesha $(version nfs-ganesha), libnfs $(version libnfs13), all of Debian 12.

- **A list of servers** is of use to libgfapi only until it is connected: QEMU, Samba and NFS-Ganesha stay with the server that has answered. Files are not
  concerned, since they are connected to every unit; they miss changed options until that server is back. A name with several addresses is followed for ever.
- **A layer that comes or goes** while NFS-Ganesha has files open makes these lose writes, with GlusterFS's own servers as well. \`pool set\` refuses it for a pool
  that is exported unless \`--yes\` is given.
- **libnfs** of Debian 12, which the tests write with, cannot write more than a small piece at once over NFSv4.
- **libgfapi** takes ten seconds to end a connection (glfs_fini), with GlusterFS's own servers as well: \`qemu-img\` and export changes of NFS-Ganesha wait for it.
- **Pools without second copies** give errors while their unit is away, and go on when it is back.

How each is told of a pool: \`kadalu pool connect POOL\`, and [other clients](../operations/clients.md).
END
}

case ${1:-} in
  write) page > "$page" ;;
  check)
    diff <(table) <(sed -n '/^| client | way/,/^$/{/^$/!p}' "$page") || {
      echo "$page says something else of clients than was found (make matrix writes it anew)" >&2
      exit 1
    }
    ;;
  *) sed -n '4,5s/^# \?//p' "$0" >&2; exit 2 ;;
esac
