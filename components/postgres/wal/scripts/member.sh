# Patroni's custom bootstrap of the first member: the base backup into its empty data directory, with what PostgreSQL
# needs to replay WAL up to the target. Patroni starts it, waits for its promotion, and sets the members' passwords.
set -eu
umask 077
exec sh "${0%/*}/source.sh" --log-level-console=info \
    --recovery-option=restore_command="sh ${0%/*}/source.sh archive-get %f \"%p\"" restore
