# Restores the dump into the database $1 of the server that libpq finds, which gets the roles it lacks, and compares.
set -eu
here=${0%/*}
. "$here/said.sh"
target=$1
value() { sed -n "s/^$1=//p" about; }
{
  value role
  echo "CREATE DATABASE \"$target\" TEMPLATE template0 ENCODING '$(value encoding)'"
  echo "  LC_COLLATE '$(value collate)' LC_CTYPE '$(value ctype)';"
  echo "REVOKE ALL ON DATABASE \"$target\" FROM PUBLIC;"
} > make.sql
psql -X -q -v ON_ERROR_STOP=1 -d postgres -f make.sql || fail "the database $target can't be made"
pg_restore --exit-on-error --dbname="$target" dump || fail "$(cat name) can't be restored: PostgreSQL's own words are above"
psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 -d "$target" -c 'ANALYZE' -f "$here/facts.sql" -o found || fail "$target can't be read"
LC_ALL=C sort -o found found
LC_ALL=C comm -3 facts found > differing
if [ -s differing ]; then
  head -n 20 differing >&2
  fail "$(cat name) restores to something else: what was in the dump's database stands left, what is restored right"
fi
