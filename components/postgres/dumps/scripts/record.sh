# Beside the dump, that it was restored: retention keeps the newest one of which that is known.
set -eu
. "$SCRIPTS/said.sh"
. "$SCRIPTS/remote.sh"
rclone copyto "$WORK/proved" "$(at "$(cat "$WORK/name").proved")" || fail "the store can't be written to"
echo "recorded $(cat "$WORK/name"): $(cat "$WORK/proved")"
