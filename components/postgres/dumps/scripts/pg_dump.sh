# Inside dump.sql's transaction. psql does not look at how this ends: the file `dumped` says that it ended well.
set -eu
pg_dump --format=custom --compress="$COMPRESSION" --snapshot="$SNAPSHOT" --lock-wait-timeout=120s --file=dump
: > dumped
