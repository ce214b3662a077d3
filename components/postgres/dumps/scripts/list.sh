# What is in the store: name, bytes, and what its proof said, apart by tabs, a dump a line.
set -eu
here=${0%/*}
. "$here/said.sh"
. "$here/remote.sh"
rclone lsf --files-only --max-depth 1 --include "*.dump" --format ps --separator '	' "$dumps" > there ||
  fail "the store can't be read"
LC_ALL=C sort -o there there
proved=$(named .proved) || fail "the store can't be read"
while IFS='	' read -r file size; do
  name=${file%.dump}
  said=-
  if echo "$proved" | grep -qxF "$name.proved"; then said=$(rclone cat "$(at "$name.proved")"); fi
  printf '%s\t%s\t%s\n' "$name" "$size" "$said"
done < there
