# The dump into the store: under a name that nobody takes for a dump, read back, and only then under its own.
set -eu
here=${0%/*}
. "$here/said.sh"
. "$here/remote.sh"
name=$(cat name)
rclone delete --min-age 2d "$(at incoming)" || :
for part in facts about sha256 dump; do
  rclone copyto "$part" "$(at "incoming/$name.$part")" || fail "the store can't be written to: $name.$part"
done
read_back=$(rclone cat "$(at "incoming/$name.dump")" | sha256sum) || fail "what was stored can't be read back"
[ "${read_back%% *}" = "$(cat sha256)" ] || fail "what was stored is not what was sent: $name"
for part in facts about sha256 dump; do
  rclone moveto "$(at "incoming/$name.$part")" "$(at "$name.$part")" || fail "the store can't be written to: $name.$part"
done
echo "stored $name"
named .dump > there || fail "the store can't be read"
named .proved > proved || fail "the store can't be read"
sh "$here/old.sh" "$KEEP_COUNT" "$(date -u -d "@$(($(date +%s) - $KEEP_DAYS * 86400))" +%Y%m%dT%H%M%SZ)" there proved > old
while read -r gone; do
  rclone deletefile "$(at "$gone.dump")" || fail "the store does not let old dumps go: $gone"
  rclone delete --max-depth 1 --include "$gone.*" "$dumps"
  echo "removed $gone"
done < old
