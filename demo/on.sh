#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# on.sh MACHINE COMMAND...: runs a command on a machine of the demo: node1, node2 and so on, or client; kadalu and kadalu-fsd are found there.
source "$(dirname "${BASH_SOURCE[0]}")/nodes.sh"

[ $# -ge 2 ] || die "say a machine and a command, such as: $0 node1 kadalu node list"
unset KADALU_FSD_ROOT
PATH=$(dirname "$kadalu"):$PATH on "$@"
