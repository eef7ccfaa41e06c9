#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What `dotnet test` starts in dotnet's place, to run tests of arm64: dotnet exec OPTION... PATH/testhost.dll ARGUMENT...
# There is no dotnet of arm64 to be had alone; each test project is published with its runtime, as a program that is a testhost.
set -euo pipefail
while [[ $1 != */testhost.dll ]]; do
  shift
done
directory=$(dirname "$1")
shift

# Counting calls for better code costs an emulated program more than that code saves.
export DOTNET_TieredPGO=0
exec $EMULATOR "$directory/KadaluFsd.$(basename "$directory")" "$@"
