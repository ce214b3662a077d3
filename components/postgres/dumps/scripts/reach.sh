# Before anything is dumped: that the store is there, can be written to, and is no other database's.
set -eu
here=${0%/*}
. "$here/said.sh"
. "$here/remote.sh"
echo "$IDENTITY" > identity
why=$(rclone copyto identity "$(at incoming/reached)" 2>&1) || fail "the store can't be written to: $why"
if owner=$(rclone cat "$(at identity)" 2> /dev/null) && [ -n "$owner" ]; then
  [ "$owner" = "$IDENTITY" ] ||
    fail "the store holds the dumps of $owner, and these are $IDENTITY: give each a path of its own"
else
  rclone copyto identity "$(at identity)" || fail "the store can't be written to"
fi
