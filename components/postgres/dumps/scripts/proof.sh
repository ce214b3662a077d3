# Restores $WORK/dump into a server of this pod's own, and has the owner's queries answered by it.
set -eu
. "$SCRIPTS/said.sh"
cd "$WORK"
began=$(date +%s)
export PGDATA="$WORK/data" PGHOST="$WORK" PGUSER="$SUPERUSER"
if ! id -un > /dev/null 2>&1; then
  # initdb wants a name for its user's number, which not every image has (docker-library/postgres, docker-entrypoint.sh).
  for wrapper in /usr/lib/libnss_wrapper.so /usr/lib/*/libnss_wrapper.so /opt/bitnami/common/lib/libnss_wrapper.so; do
    [ -e "$wrapper" ] || continue
    echo "postgres:x:$(id -u):$(id -g)::$WORK:/bin/false" > passwd
    echo "postgres:x:$(id -g):" > group
    export LD_PRELOAD="$wrapper" NSS_WRAPPER_PASSWD="$WORK/passwd" NSS_WRAPPER_GROUP="$WORK/group"
    break
  done
fi
# Nobody else is in this pod, and there is no way in but a socket in a folder of its own.
initdb -U "$SUPERUSER" --auth=trust --encoding=UTF8 --locale=C --no-sync > initdb.log || fail "initdb: $(tail -n 1 initdb.log)"
pg_ctl start -s -w -t 300 -l server.log -o "-c listen_addresses='' -c unix_socket_directories='$WORK' -c fsync=off \
 -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c dynamic_shared_memory_type=mmap \
 -c shared_preload_libraries='$PRELOAD'" || fail "the throw-away server does not start: $(tail -n 1 server.log)"
sh "$SCRIPTS/load.sh" "$DATABASE"
checks=0
for query in "$CHECKS"/*.sql; do
  [ -e "$query" ] || continue
  check=$(basename "$query" .sql)
  psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$DATABASE" -f "$query" > answer || fail "the check $check is no query that works"
  expected=$(cat "$CHECKS/$check.expected")
  [ "$(cat answer)" = "$expected" ] || fail "the check $check: expected '$expected', found '$(head -c 200 answer)'"
  checks=$((checks + 1))
done
pg_ctl stop -s -m immediate
echo "proved at $(date -u +%Y-%m-%dT%H:%M:%SZ) in $(($(date +%s) - began)) s: $(grep -c '^rows ' facts || :) tables, $checks checks" > proved
cat name proved
