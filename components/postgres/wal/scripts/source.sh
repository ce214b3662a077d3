# pgBackRest on the archive that is recovered from: each SOURCE_ variable stands for the one without it. The password of
# neither store becomes a word of a command.
for name in $(env | sed -n 's/^SOURCE_\(PGBACKREST_[A-Z0-9_]*\)=.*/\1/p'); do
    eval "export $name=\"\$SOURCE_$name\""
done
exec "$PGBACKREST_CMD" "$@"
