# One dump out of the store into the working directory, its checksum compared: that of FROM, or the newest.
set -eu
here=${0%/*}
. "$here/said.sh"
. "$here/remote.sh"
there=$(named .dump) || fail "the store can't be read"
[ -n "$there" ] || fail "there is no dump in the store"
wanted=${FROM:-latest}
if [ "$wanted" = latest ]; then
  name=$(echo "$there" | tail -n 1)
  name=${name%.dump}
else
  name=$wanted
  echo "$there" | grep -qxF "$name.dump" || fail "there is no dump $name in the store; the newest is $(echo "$there" | tail -n 1)"
fi
echo "$name" > name
for part in dump facts about sha256; do
  why=$(rclone copyto "$(at "$name.$part")" "$part" 2>&1) || fail "$name can't be read: $why"
done
found=$(sha256sum dump)
[ "${found%% *}" = "$(cat sha256)" ] || fail "$name is corrupted: its checksum is not the one of the day it was taken"
echo "fetched $name: $(wc -c < dump) bytes, checksum as it was"
