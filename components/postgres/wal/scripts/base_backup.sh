# Has the server take a full backup. The first run makes the archive's folder; `check` archives a segment, so that an
# archive that does not work is told here, and not after the copy.
set -eu
run() {
    echo "pgbackrest $1"
    said=$(psql -X -A -t -q -v ON_ERROR_STOP=1 -c "SELECT postgres_apps.pgbackrest('$1')")
    printf '%s\n' "$said"
    case "$said" in *"ended with 0") ;; *) echo "pgbackrest $1 failed: its own words are above" >&2; exit 1 ;; esac
}
until pg_isready -q; do echo waiting for the database; sleep 1; done
for command in stanza-create check "backup --type=full"; do run "$command"; done
