# Restores the dump beside the database of the live server; with REPLACE, in its place.
set -eu
here=${0%/*}
. "$here/said.sh"
stamp=$(date -u +%Y%m%d%H%M%S)
copy=$(printf '%.39s' "$PGDATABASE")_restored_$stamp
before=$(printf '%.41s' "$PGDATABASE")_before_$stamp
ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
tables="SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema\$|postgres_apps\$)'"
held=$(ask -d "$PGDATABASE" -c "$tables") || fail "$PGDATABASE on $PGHOST can't be asked"
if [ "$MODE" = fresh ] && [ "$held" -gt 0 ]; then
  fail "$PGDATABASE holds $held tables, so nothing was restored: \`make restore-copy\` restores beside it; REPLACE=1 takes \
the dump in its place and keeps what is there under another name"
fi
sh "$here/load.sh" "$copy"
# Roles may be others here than where the dump was taken: owner and rights are those of this stack.
sed "s/@DATABASE@/$copy/g" "$here/rights.sql" > rights.sql
PGOPTIONS="-c client_min_messages=warning" ask -d postgres -f rights.sql || fail "the rights in $copy can't be given; it holds all rows, and its tables belong to the roles of the dump"
if [ "$MODE" = copy ]; then
  echo "restored $(cat name) as $copy, beside $PGDATABASE"
  exit 0
fi
# Both names change in one transaction, when nobody is left in the old one; what it held stays under another name.
swap="ALTER DATABASE \"$PGDATABASE\" WITH ALLOW_CONNECTIONS false"
ask -d postgres -c "$swap"
trap 'ask -d postgres -c "ALTER DATABASE \"$PGDATABASE\" WITH ALLOW_CONNECTIONS true" || :' EXIT
ask -d postgres -c "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '$PGDATABASE'" > ended
printf 'BEGIN;\nALTER DATABASE "%s" RENAME TO "%s";\nALTER DATABASE "%s" RENAME TO "%s";\nCOMMIT;\n' \
  "$PGDATABASE" "$before" "$copy" "$PGDATABASE" | ask -d postgres || fail "$PGDATABASE is in use; the dump is there as $copy"
ask -d postgres -c "ALTER DATABASE \"$before\" WITH ALLOW_CONNECTIONS true"
trap - EXIT
echo "restored $(cat name) as $PGDATABASE; what was there before is $before"
