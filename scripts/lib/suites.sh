# The suites of test-all.sh. Each prints one line: PASS or FAIL, name, count, seconds.
# shellcheck shell=bash

PURE_LIBRARIES=(base secret money auth chain orders crypto messages evm keyvault signer)
# What the release suites run. Unit tests are built without optimisation, in the coverage build.
RELEASE_TARGETS=("${SERVICES[@]}" cryptoctl bench_primitives)
COVERAGE_MIN=80
COVERAGE_MIN_CORE=95
CORE_LIBRARIES=(money keyvault auth evm utxo solana transfer)

SUITES_PASSED=0
SUITES_FAILED=0
SUITES_SKIPPED=0
TESTS_PASSED=0
TESTS_FAILED=0
# What failed tests complain of, again beside the verdict: a long log is often read from its end.
COMPLAINTS=()

# report NAME STATUS DETAIL FROM [LOG]
report() {
    if [ "$2" -eq 0 ]; then
        SUITES_PASSED=$((SUITES_PASSED + 1))
        printf 'PASS  %-28s %s  %s s\n' "$1" "$3" "$(seconds_since "$4")"
    else
        SUITES_FAILED=$((SUITES_FAILED + 1))
        printf 'FAIL  %-28s %s  %s s\n' "$1" "$3" "$(seconds_since "$4")"
        [ -z "${5:-}" ] || { grep -v '^$' "$5" | tail -n 60; printf '      whole log: %s\n' "$5"; }
    fi
}

# run_suite NAME COMMAND...: passes when the command does; its output is shown only on failure. Skipped
# where the command says that this machine cannot run it.
run_suite() {
    local name=$1 from log status=0
    shift
    from=$(date +%s.%N)
    log=$RESULTS/${name// /-}.log
    "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -eq "$CANNOT" ]; then
        skip_suite "$name" "$(grep -a '^error: ' "$log" | tail -n 1)"
        return 0
    fi
    report "$name" "$status" "" "$from" "$log"
    return "$status"
}

cpp_files() { git -C "$ROOT" ls-files --cached --others --exclude-standard 'libs/*.h' 'libs/*.cpp' 'services/*.h' 'services/*.cpp' 'tests/*.h' 'tests/*.cpp'; }

shell_files() {
    git -C "$ROOT" ls-files --cached --others --exclude-standard scripts .ci deploy tests |
        while IFS= read -r file; do
            head -n 2 "$ROOT/$file" 2>/dev/null | grep -qaE '^#!.*(bash|sh)$|shellcheck shell=' && printf '%s\n' "$file"
        done
}

# Debian's npm, which an image build uses, asks for entries that newer ones leave out. In a folder of its
# own: it removes what is installed although it only looks.
npm_locks_check() {
    local folder work status=0
    work=$(mktemp -d)
    for folder in deploy/devnet tests/tools; do
        cp "$ROOT/$folder"/package{,-lock}.json "$work/"
        (cd "$work" && npm exec --yes npm@9.2.0 -- ci --dry-run --ignore-scripts --no-audit --no-fund --loglevel=error) || status=1
    done
    rm -rf "$work"
    return "$status"
}

lint_suites() {
    cd "$ROOT" || exit 1
    run_suite "lint: clang-format" bash -c 'xargs -r clang-format-14 --dry-run --Werror' < <(cpp_files)
    run_suite "lint: shellcheck" bash -c 'xargs -r shellcheck -x' < <(shell_files)
    run_suite "lint: deploy files" scripts/deploy-files --check
    run_suite "lint: manifests" bash -c 'node tests/deployment/manifests.mjs k8s/*.yaml && node --test tests/deployment/manifests.test.mjs'
    run_suite "lint: npm locks" npm_locks_check
    run_suite "lint: proto" bash -c 'cd proto && ../tests/tools/node_modules/.bin/buf lint'
}

# start_beside NAME COMMAND...: begins a suite of mere computing, for the time that other suites wait
# in; join_suite NAME tells how it went.
declare -A BESIDE
start_beside() {
    local name=$1
    shift
    nice -n 19 "$@" >"$RESULTS/${name// /-}.out" 2>&1 &
    BESIDE[$name]=$!
}

result_of() {
    local status=0
    wait "${BESIDE[$1]}" || status=$?
    cat "$RESULTS/${1// /-}.out"
    return "$status"
}

join_suite() { run_suite "$1" result_of "$1"; }

# build_of PRESET TARGETS: the command.
build_of() { printf '%s' "cd '$ROOT' && cmake --preset $1 && cmake --build --preset $1 --target $2"; }

build_suite() { run_suite "build: $1" bash -c "$(build_of "$@")" || verdict; }

# Tests wait for blocks more than they compute: three at once on two cores.
TESTS_AT_ONCE=3

# complaints_in CTEST_LOG: what the programs that failed said, without stacks, logs and what passed; of
# each the last lines.
COMPLAINT_LINES=40
complaints_in() {
    awk -v most=$COMPLAINT_LINES '
        function tell(  i) { for (i = count > most ? count - most : 0; i < count; i++) print line[i]; count = 0 }
        /^ *[0-9]+\/[0-9]+ Test +#/ { tell(); inside = /\*\*\*/; delete seen }
        inside && NF && !/^ *at |^ *[{}]|^ℹ|✔|^\[ +(RUN|OK) +|^ +Start +[0-9]+:/ && !seen[$0]++ { line[count++] = substr($0, 1, 300) }
        /^[0-9]+% tests passed/ { inside = 0 }
        END { tell() }' "$1"
}

# ctest_suite PRESET NAME CTEST_ARGUMENT...
ctest_suite() {
    local preset=$1 name=$2 from log status=0 total failed
    shift 2
    from=$(date +%s.%N)
    log=$RESULTS/ctest-$name.log
    (cd "$ROOT" && ctest --preset "$preset" "$@" --no-tests=error -j "$TESTS_AT_ONCE" --output-junit "$RESULTS/$name.xml") >"$log" 2>&1 || status=$?
    total=$(sed -n 's/.*tests failed out of \([0-9]*\).*/\1/p' "$log" | tail -n 1)
    failed=$(sed -n 's/.* \([0-9]*\) tests failed out of.*/\1/p' "$log" | tail -n 1)
    TESTS_PASSED=$((TESTS_PASSED + ${total:-0} - ${failed:-0}))
    TESTS_FAILED=$((TESTS_FAILED + ${failed:-0}))
    report "tests: $name" "$status" "${total:-0} test programs" "$from" "$log"
    grep -E 'tests passed, .* tests failed out of' "$log"
    if [ "$status" -ne 0 ]; then
        printf '      again: ctest --preset %s --rerun-failed --output-on-failure\n' "$preset"
        mapfile -t -O "${#COMPLAINTS[@]}" COMPLAINTS < <(complaints_in "$log")
    fi
}

coverage_of() { jq -r --arg prefix "$1" '[.files[] | select(.filename | startswith($prefix))] | (map(.line_covered) | add // 0) * 1000 / ([(map(.line_total) | add // 0), 1] | max) | floor / 10' "$RESULTS/coverage.json"; }

# Prints a line a library and fails below the bounds.
coverage_check() {
    (cd "$ROOT" && gcovr --root . --object-directory build/coverage --filter libs/ --filter services/ \
        --gcov-executable 'llvm-cov-19 gcov' --gcov-ignore-parse-errors --exclude-throw-branches -j 2 --json-summary "$RESULTS/coverage.json" \
        build/coverage/libs build/coverage/services >/dev/null) || return 1
    local status=0 library percent total
    for library in "$ROOT"/libs/*/; do
        library=$(basename "$library")
        percent=$(coverage_of "libs/$library/")
        printf '%-12s %s %%\n' "$library" "$percent"
        if [[ " ${CORE_LIBRARIES[*]} " == *" $library "* ]] && awk -v p="$percent" -v m=$COVERAGE_MIN_CORE 'BEGIN { exit p >= m }'; then
            printf '%s is under %s %%\n' "$library" $COVERAGE_MIN_CORE
            status=1
        fi
    done
    total=$(jq .line_percent "$RESULTS/coverage.json")
    printf 'all of it    %s %%\n' "$total"
    awk -v p="$total" -v m=$COVERAGE_MIN 'BEGIN { exit p < m }' || status=1
    return "$status"
}

coverage_suite() {
    run_suite "coverage" coverage_check
    tail -n 1 "$RESULTS/coverage.log"
}

# clang_tidy_commands BUILD: its compile commands, without precompiled headers, which are another
# clang's, and without the switches for false alarms; on the headers that the release build has generated.
clang_tidy_commands() {
    sed -E 's/ -Xclang [^ ]+//g; s/ -Winvalid-pch//; s/ -Wno-[^ "]+//g; s#build/debug/proto#build/release/proto#g' \
        "build/$1/compile_commands.json" >"$RESULTS/compile_commands.json"
}

# start_clang_tidy FOLDER...: by the debug build's commands, which compile each file alone.
start_clang_tidy() {
    cd "$ROOT" || exit 1
    run_suite "configure: debug" cmake --preset debug || verdict
    clang_tidy_commands debug
    git ls-files --cached --others --exclude-standard "${@/%//*.cpp}" >"$RESULTS/clang-tidy.files"
    start_beside "lint: clang-tidy" bash -c "xargs -r -P 2 -n 4 clang-tidy-14 --quiet -p '$RESULTS' <'$RESULTS/clang-tidy.files'"
}

# start_joined_clang_tidy FOLDER...: by the release build's commands, eight files of a target in one, a
# third of the work. They are headers of the one then.
start_joined_clang_tidy() {
    cd "$ROOT" || exit 1
    clang_tidy_commands release
    jq -r '.[].file' "$RESULTS/compile_commands.json" | grep -E "/($(IFS='|' && echo "$*"))/" >"$RESULTS/clang-tidy.files"
    start_beside "lint: clang-tidy" bash -c "xargs -r -P 2 -n 1 clang-tidy-14 --quiet -p '$RESULTS' \
        --checks=-bugprone-suspicious-include --header-filter='(libs|services)/.*\.(h|cpp)$' <'$RESULTS/clang-tidy.files'"
}

sanitizer_suite() {
    build_suite "$1" all
    TSAN_OPTIONS="ignore_interceptors_accesses=1 ${TSAN_OPTIONS:-}" \
        UBSAN_OPTIONS="halt_on_error=1 print_stacktrace=1 ${UBSAN_OPTIONS:-}" \
        ctest_suite "$1" "$1" --label-regex '^(unit|component|vectors)$'
}

skip_suite() {
    SUITES_SKIPPED=$((SUITES_SKIPPED + 1))
    printf 'SKIP  %-28s %s\n' "$1" "$2"
}

# Containers and Kubernetes for real, where the machine can.
NO_ENGINE="needs a container engine, or root on Debian to start one"

# prepare_images: begins what the compose suite needs from elsewhere; join it with join_images.
prepare_images() { ! engine_can_be_had || start_beside "compose: images" scripts/compose-test.sh --prepare; }

join_images() { ! engine_can_be_had || join_suite "compose: images"; }

# compose_suite [--full]
compose_suite() {
    if engine_can_be_had; then
        run_suite "compose" scripts/compose-test.sh "$@"
    else
        skip_suite "compose" "$NO_ENGINE"
    fi
}

kubernetes_suite() {
    if engine_can_be_had && cluster_can_be_had; then
        run_suite "kubernetes" scripts/k8s-test.sh
    else
        skip_suite "kubernetes" "needs root on Debian, and the programs kube and coredns on PATH"
    fi
}

# The sourcing script says when it began: FROM.
verdict() {
    printf '\n%s suites passed, %s failed, %s skipped, in %s s\n' "$SUITES_PASSED" "$SUITES_FAILED" "$SUITES_SKIPPED" "$(seconds_since "$FROM")"
    printf '%s passed, %s failed\n' "$TESTS_PASSED" "$TESTS_FAILED"
    if [ "$SUITES_FAILED" -eq 0 ]; then
        printf 'VERDICT: green\n'
        exit 0
    fi
    [ "${#COMPLAINTS[@]}" -eq 0 ] || printf '  %s\n' "${COMPLAINTS[@]}"
    printf 'VERDICT: red\n'
    exit 1
}
