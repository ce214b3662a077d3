# Restores the dump into a server of this pod's own, and has the owner's queries answered by it.
set -eu
here=${0%/*}
. "$here/said.sh"
began=$(date +%s)
work=$(pwd)
dumped=$(cat name)
database=${dumped%-*}
export PGDATA="$work/data" PGHOST="$work" PGUSER=postgres
if ! id -un > /dev/null 2>&1; then
  # initdb wants a name for its user's number, which not every image has (docker-library/postgres, docker-entrypoint.sh).
  for wrapper in /usr/lib/libnss_wrapper.so /usr/lib/*/libnss_wrapper.so /opt/bitnami/common/lib/libnss_wrapper.so; do
    [ -e "$wrapper" ] || continue
    echo "postgres:x:$(id -u):$(id -g)::$work:/bin/false" > passwd
    echo "postgres:x:$(id -g):" > group
    export LD_PRELOAD="$wrapper" NSS_WRAPPER_PASSWD="$work/passwd" NSS_WRAPPER_GROUP="$work/group"
    break
  done
fi
# Nobody else is in this pod, and there is no way in but a socket in a folder of its own.
initdb -U "$PGUSER" --auth=trust --encoding=UTF8 --locale=C --no-sync > initdb.log || fail "initdb: $(tail -n 1 initdb.log)"
pg_ctl start -s -w -t 300 -l server.log -o "-c listen_addresses='' -c unix_socket_directories='$work' -c fsync=off \
 -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c dynamic_shared_memory_type=mmap \
 -c shared_preload_libraries='${PRELOAD:-}'" || fail "the throw-away server does not start: $(tail -n 1 server.log)"
sh "$here/load.sh" "$database"
asked=${CHECKS:-/checks}
checks=0
for query in "$asked"/*.sql; do
  [ -e "$query" ] || continue
  check=$(basename "$query" .sql)
  psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$database" -f "$query" > answer || fail "the check $check is no query that works"
  expected=$(cat "$asked/$check.expected")
  [ "$(cat answer)" = "$expected" ] || fail "the check $check: expected '$expected', found '$(head -c 200 answer)'"
  checks=$((checks + 1))
done
pg_ctl stop -s -m immediate
echo "proved at $(date -u +%Y-%m-%dT%H:%M:%SZ) in $(($(date +%s) - began)) s: $(grep -c '^rows ' facts || :) tables, $checks checks" > proved
cat name proved
