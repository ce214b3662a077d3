# Which dumps may go: old.sh COUNT MOMENT DUMPS PROVED, files with names, the oldest first. Prints names without ending.
# All but the newest COUNT, those since MOMENT, and the newest one that is proved.
set -eu
proved=$(tail -n 1 "$4")
keep="${proved%.proved}"
total=$(wc -l < "$3")
number=0
while read -r file; do
  number=$((number + 1))
  name=${file%.dump}
  if [ "$((total - number))" -ge "$1" ] && [ "${name##*-}" \< "$2" ] && [ "$name" != "$keep" ]; then
    echo "$name"
  fi
done < "$3"
