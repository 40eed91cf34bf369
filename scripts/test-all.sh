#!/usr/bin/env bash
# Runs the tests: lint, unit and component tests in a coverage build, integration tests and a bench
# smoke in a release build, clang-tidy on the pure libraries. Own servers on free ports; a running
# stack is never touched.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
VAR=$ROOT/var/test
LOG=$VAR/log
RUN=$VAR/run
RESULTS=$ROOT/var/test-results
. "$ROOT/scripts/lib/packages.sh"
. "$ROOT/scripts/lib/suites.sh"
. "$ROOT/scripts/lib/engine.sh"
. "$ROOT/scripts/lib/cluster.sh"

usage() {
    cat <<'USAGE'
usage: scripts/test-all.sh [--quick | --full | --only NAME]
  --quick      lint, unit and component tests, without coverage
  --full       everything, with ASan+UBSan, TSan, clang-tidy on all code and the long runs
  --only NAME  the tests whose ctest name or label contains NAME (a library or service)
USAGE
}

MODE=normal ONLY=
case ${1:-} in
    '') ;;
    --quick | --full) MODE=${1#--} ;;
    --only) MODE=only; ONLY=${2:?--only takes a name} ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

FROM=$(date +%s.%N)
mkdir -p "$LOG" "$RUN" "$RESULTS"
rm -f "$RESULTS"/*
install_packages yes "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
ensure_node yes
npm_install "$ROOT/deploy/devnet"
npm_install "$ROOT/tests/tools"
export CCACHE_BASEDIR=$ROOT

case $MODE in
    only)
        build_suite debug all
        ctest_suite debug "$ONLY" --tests-regex "${ONLY//-/.}"
        ;;
    quick)
        lint_suites
        build_suite debug all
        ctest_suite debug quick --label-regex '^(unit|component|vectors|differential|tidy)$'
        ;;
    normal | full)
        lint_suites
        build_suite coverage all
        ctest_suite coverage coverage --label-regex '^(unit|component|vectors|differential|tidy)$'
        coverage_suite
        start_beside "build: release" bash -c "$(build_of release "${RELEASE_TARGETS[*]}")"
        prepare_images
        ctest_suite coverage crashes --label-regex '^chaos$'
        join_suite "build: release" || verdict
        join_images
        if [ "$MODE" = normal ]; then
            start_joined_clang_tidy "${PURE_LIBRARIES[@]/#/libs/}"
        else
            start_clang_tidy libs services
        fi
        ctest_suite release release --label-regex '^(integration|bench|chaos)$'
        if [ "$MODE" = normal ]; then compose_suite; else compose_suite --full; fi
        kubernetes_suite
        join_suite "lint: clang-tidy"
        if [ "$MODE" = full ]; then
            sanitizer_suite asan
            sanitizer_suite tsan
            ctest_suite coverage crashes-long --label-regex '^long$' --tests-regex '^crash_'
            ctest_suite release long --label-regex '^long$'
            DIFFERENTIAL_CASES=10000 ctest_suite coverage differential --label-regex '^differential$'
        fi
        ;;
esac

verdict
