#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds for arm64 what tests/run.sh runs emulated: what ships, and the test projects that need no program but themselves.
set -euo pipefail
cd "$(dirname "$0")/../.."
packaging/install-dependencies.sh arm64-test
make --no-print-directory build ARCH=arm64
rm -rf artifacts/arm64/tests
for project in tests/*.Tests; do
  case $project in
    tests/Attack.Tests | tests/Integration.Tests | tests/Long.Tests) ;;
    *) dotnet publish "$project" -c Release -v quiet -r linux-arm64 --self-contained -p:ArtifactsPath="$PWD/artifacts/arm64/build" \
         -o "artifacts/arm64/$project" ;;
  esac
done
