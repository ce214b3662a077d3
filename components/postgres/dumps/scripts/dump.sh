# A dump of one database, what is in it, and its checksum, into the working directory.
set -eu
export here="${0%/*}"
. "$here/said.sh"
tries=0
until pg_isready -q; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || fail "$PGHOST:$PGPORT does not accept connections"
  sleep 1
done
name="$PGDATABASE-$(date -u +%Y%m%dT%H%M%SZ)"
psql -X -q -A -t -F ' ' -f "$here/dump.sql" || fail "$PGDATABASE was not read"
[ -e dumped ] || fail "pg_dump of $PGDATABASE failed: its own words are above"
# All of it is read once and thrown away: what can't be unpacked here is no dump.
pg_restore --file=/dev/null dump || fail "pg_restore can't read what pg_dump wrote"
LC_ALL=C sort -o facts facts
sum=$(sha256sum dump)
echo "${sum%% *}" > sha256
echo "$name" > name
echo "dumped $PGDATABASE: $(wc -c < dump) bytes, $(grep -c '^rows ' facts || :) tables"
