# One dump out of the store into $WORK, its checksum compared: $FROM, or the newest.
set -eu
. "$SCRIPTS/said.sh"
. "$SCRIPTS/remote.sh"
cd "$WORK"
there=$(named .dump) || fail "the store can't be read"
[ -n "$there" ] || fail "there is no dump in the store"
if [ "$FROM" = latest ]; then
  name=$(echo "$there" | tail -n 1)
  name=${name%.dump}
else
  name=$FROM
  echo "$there" | grep -qxF "$name.dump" || fail "there is no dump $name in the store; the newest is $(echo "$there" | tail -n 1)"
fi
echo "$name" > name
for part in dump facts about sha256; do
  why=$(rclone copyto "$(at "$name.$part")" "$part" 2>&1) || fail "$name can't be read: $why"
done
found=$(sha256sum dump)
[ "${found%% *}" = "$(cat sha256)" ] || fail "$name is corrupted: its checksum is not the one of the day it was taken"
echo "fetched $name: $(wc -c < dump) bytes, checksum as it was"
