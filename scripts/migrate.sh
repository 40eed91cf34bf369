#!/usr/bin/env bash
# Applies deploy/postgres/migrations/NNNN_name.sql to the database at DATABASE_URL.
#   migrate.sh up       applies what is missing, then lets every service role log in whose
#                       <SERVICE>_DATABASE_URL is set, with the password of that URL
#   migrate.sh status   lists every migration and whether it is applied
#   migrate.sh verify   exits 0 only if exactly the migrations of this tree are applied, unchanged
# Each migration is one transaction under an advisory lock, so two runners do not collide. Applied
# files never change: write a new one.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${MIGRATIONS_DIR:-$here/../deploy/postgres/migrations}
lock_key=7305411 # any number, the same in every runner

fail() {
    echo "migrate: FAIL $*" >&2
    exit 1
}

# Prints a part of a postgresql:// URL: its user, its password (percent-decoded), or the URL without
# the password, which may then stand in an argument list.
url_part() {
    local pattern='^(postgres(ql)?://)([^:@/?]*)(:([^@/?]*))?@(.*)$'
    if [[ ! $2 =~ $pattern ]]; then
        [ "$1" != bare ] || printf '%s' "$2"
        return
    fi
    case $1 in
        user) printf '%s' "${BASH_REMATCH[3]}" ;;
        password) local text=${BASH_REMATCH[5]} && printf '%b' "${text//%/\\x}" ;;
        bare) printf '%s%s@%s' "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}" "${BASH_REMATCH[6]}" ;;
    esac
}

run_psql() {
    PGOPTIONS='-c client_min_messages=warning' PGPASSWORD=${password:-${PGPASSWORD:-}} \
        psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$bare_url" "$@"
}

# NNNN_name.sql -> NNNN as a decimal number.
version_of() {
    printf '%d' "$((10#${1%%_*}))"
}

# Fills files, in order, and checksums[name].
read_files() {
    local path sum seen='' breaking
    declare -ga files=()
    declare -gA checksums=()
    compgen -G "$folder/*.sql" >/dev/null || fail "no migrations in $folder"
    while read -r sum path; do
        path=${path##*/}
        [[ $path =~ ^[0-9]{4}_[a-z0-9_]+\.sql$ ]] || fail "$path is not named NNNN_name.sql"
        [ "${path%%_*}" != "$seen" ] || fail "two migrations have the number $seen"
        seen=${path%%_*}
        files+=("$path")
        checksums[$path]=$sum
    done < <(sha256sum "$folder"/*.sql)
    breaking=$(grep -liE '^[[:space:]]*(BEGIN|COMMIT|ROLLBACK)[[:space:]]*;' "$folder"/*.sql | head -n 1) || true
    [ -z "$breaking" ] || fail "${breaking##*/} ends its own transaction; the runner does that"
}

# Fills applied[name]=checksum.
read_applied() {
    local name checksum
    declare -gA applied=()
    [ "$(run_psql -c "SELECT to_regclass('public.schema_migrations') IS NOT NULL")" = t ] || return 0
    while IFS='|' read -r name checksum; do
        [ -z "$name" ] || applied[$name]=$checksum
    done < <(run_psql -c 'SELECT name, checksum FROM schema_migrations ORDER BY version')
}

# state_of NAME: applied, pending, changed
state_of() {
    if [ -z "${applied[$1]:-}" ]; then
        echo pending
    elif [ "${applied[$1]}" = "${checksums[$1]}" ]; then
        echo applied
    else
        echo changed
    fi
}

create_table() {
    run_psql <<SQL
BEGIN;
SELECT 1 FROM pg_advisory_xact_lock($lock_key) \\g /dev/null
CREATE TABLE IF NOT EXISTS public.schema_migrations (
    version    integer PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMIT;
SQL
}

apply_one="BEGIN;
SET LOCAL lock_timeout = '60s';
SELECT 1 FROM pg_advisory_xact_lock($lock_key) \\g /dev/null
SELECT count(*) = 0 AS missing, COALESCE(max(checksum) <> :'checksum', false) AS changed
    FROM schema_migrations WHERE version = :version \\gset
\\set outcome present
\\if :missing
    \\i :file
    INSERT INTO public.schema_migrations (version, name, checksum)
        VALUES (:version, :'name', :'checksum');
    \\set outcome applied
\\elif :changed
    \\set outcome changed
\\endif
COMMIT;
DISCARD ALL;
\\echo :outcome :name
\\if :changed
    \\quit
\\endif"

# apply NAME...: in one session, where a file finds no settings of the one before. Prints a line a
# file, "applied", "changed" or, where another runner was faster, "present"; ends at the first failure.
apply() {
    local file
    for file in "$@"; do
        printf '\\set name %s\n\\set version %s\n\\set checksum %s\n\\set file :folder /%s\n%s\n' \
            "$file" "$(version_of "$file")" "${checksums[$file]}" "$file" "$apply_one"
    done | run_psql -v folder="$folder"
}

# Lets a service's role log in, if this variable belongs to one.
enable_login() {
    local variable=$1 role
    role=$(echo "${variable%_DATABASE_URL}" | tr '[:upper:]' '[:lower:]')
    [ "$(run_psql -v role="$role" <<'SQL'
SELECT 1 FROM pg_roles WHERE rolname = :'role' AND NOT rolsuper
    AND pg_has_role(rolname, 'platform_services', 'MEMBER');
SQL
    )" = 1 ] || return 0
    [ "$(url_part user "${!variable}")" = "$role" ] || fail "the user in $variable must be $role"
    ROLE_PASSWORD=$(url_part password "${!variable}") run_psql -v role="$role" <<'SQL'
\getenv secret ROLE_PASSWORD
SELECT format(CASE :'secret' WHEN '' THEN 'ALTER ROLE %I LOGIN'
                             ELSE 'ALTER ROLE %I LOGIN PASSWORD %L' END, :'role', :'secret') \gexec
SQL
    echo "migrate: login $role"
}

migrate_up() {
    local file outcome before highest=0 count=0 pending=()
    create_table
    read_applied
    for file in "${files[@]}"; do
        case $(state_of "$file") in
            applied) highest=$(version_of "$file") ;;
            changed) fail "$file was changed after it was applied; restore it and write a new one" ;;
            pending) pending+=("$file") ;;
        esac
    done
    for file in ${pending[@]+"${pending[@]}"}; do
        [ "$(version_of "$file")" -gt "$highest" ] ||
            fail "$file comes before a migration that is already applied; give it a higher number"
    done
    before=$(date +%s%N)
    while read -r outcome file; do
        [ "$outcome" != changed ] || fail "$file was applied meanwhile with another content"
        pending=("${pending[@]:1}")
        [ "$outcome" != applied ] || {
            count=$((count + 1))
            echo "migrate: applied $file ($((($(date +%s%N) - before) / 1000000)) ms)"
        }
        before=$(date +%s%N)
    done < <(apply ${pending[@]+"${pending[@]}"})
    [ "${#pending[@]}" -eq 0 ] || fail "${pending[0]}; nothing of it was applied"
    for variable in $(compgen -e | grep '._DATABASE_URL$' || true); do
        enable_login "$variable"
    done
    echo "migrate: PASS ${#files[@]} migrations, $count applied now"
}

# Prints one line a migration; the exit code says whether all is in order.
report() {
    local file state bad=0
    read_applied
    for file in "${files[@]}"; do
        state=$(state_of "$file")
        printf '%-8s %s\n' "$state" "$file"
        [ "$state" = applied ] || bad=$((bad + 1))
        unset "applied[$file]"
    done
    for file in "${!applied[@]}"; do
        printf '%-8s %s\n' unknown "$file"
        bad=$((bad + 1))
    done
    return "$((bad > 0))"
}

[ -n "${DATABASE_URL:-}" ] || fail 'set DATABASE_URL=postgresql://owner:password@host:port/database'
bare_url=$(url_part bare "$DATABASE_URL")
password=$(url_part password "$DATABASE_URL")
read_files

case ${1:-} in
    up) migrate_up ;;
    status) report || true ;;
    verify)
        report || fail 'the database does not have exactly these migrations'
        echo 'migrate: PASS'
        ;;
    *)
        echo "usage: $0 up|status|verify" >&2
        exit 2
        ;;
esac
