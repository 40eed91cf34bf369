#!/usr/bin/env bash
# The integration tests alone: whole daemons, real Postgres, Redis and nodes, in a release build.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
VAR=$ROOT/var/test
LOG=$VAR/log
RUN=$VAR/run
RESULTS=$ROOT/var/test-results
. "$ROOT/scripts/lib/packages.sh"
. "$ROOT/scripts/lib/suites.sh"

FROM=$(date +%s.%N)
mkdir -p "$LOG" "$RUN" "$RESULTS"
install_packages yes "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
ensure_node yes
npm_install "$ROOT/deploy/devnet"
npm_install "$ROOT/tests/tools"
build_suite release "${RELEASE_TARGETS[*]}"
ctest_suite release integration --label-regex '^integration$' "$@"
verdict
