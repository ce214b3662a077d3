#!/bin/bash
# Starts PostgreSQL, and makes its data directory first where there is none. It answers to the variables of the
# official image: https://github.com/docker-library/docs/blob/master/postgres/content.md#environment-variables
#
# Killed half-way, a data directory is not taken for whole: a folder $unfinished stands in it from before its first
# file until after its last init script, and the next start empties it and begins anew.
set -Eeuo pipefail

say() { echo "docker-entrypoint: $*"; }
refuse() { say "$*" >&2; exit 1; }

# VARIABLE may also come as the name of a file, in VARIABLE_FILE.
from_file() { # VARIABLE DEFAULT
	local file="${1}_FILE"
	[[ -z "${!1:-}" || -z "${!file:-}" ]] || refuse "$1 and $file are both set: keep one of them."
	if [[ -n "${!file:-}" ]]; then
		[[ -r "${!file}" ]] || refuse "$file names ${!file}, which user $(id -u) can't read."
		printf -v "$1" %s "$(<"${!file}")"
	fi
	export "$1=${!1:-$2}"
	unset "$file"
}

# PostgreSQL knows another server on its directory by process id, and in containers both are process 1. The lock is
# the open file 9, which the server inherits and holds as long as it lives.
wait_for_others() {
	exec 9<"$PGDATA"
	until flock --nonblock 9; do
		say "waiting: another PostgreSQL still runs on $PGDATA."
		sleep 1
	done
}

empty() { find "$1" -mindepth 1 -delete; }

as_superuser() { psql --no-password --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" "$@"; }

# initdb refuses a folder that has anything in it, so it works inside the marker, and its files are moved up.
make_directory() {
	mkdir -p "$unfinished"
	set -- --pgdata="$unfinished" --username="$POSTGRES_USER" --no-instructions
	[[ -z "${POSTGRES_INITDB_WALDIR:-}" ]] || set -- "$@" --waldir="$POSTGRES_INITDB_WALDIR"
	local words=()
	[[ -z "${POSTGRES_INITDB_ARGS:-}" ]] || eval "words=($POSTGRES_INITDB_ARGS)"
	if ! getent passwd "$(id -u)" >/dev/null; then # initdb asks for its user's name
		export NSS_WRAPPER_PASSWD=/tmp/.passwd NSS_WRAPPER_GROUP=/etc/group
		echo "postgres:x:$(id -u):$(id -g)::$PGDATA:/bin/false" >"$NSS_WRAPPER_PASSWD"
		LD_PRELOAD=$(find /usr/lib -name libnss_wrapper.so -print -quit)
		export LD_PRELOAD
	fi
	if [[ -n "$POSTGRES_PASSWORD" ]]; then
		initdb "$@" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${words[@]}"
	else
		initdb "$@" "${words[@]}"
	fi
	[[ -z "${NSS_WRAPPER_PASSWD:-}" ]] || rm -f "$NSS_WRAPPER_PASSWD"
	unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
	find "$unfinished" -mindepth 1 -maxdepth 1 -exec mv -t "$PGDATA" {} +
}

allow_network() { # ARGUMENTS OF THE SERVER
	local method="${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption -D "$PGDATA" "$@")}"
	printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

run_init_scripts() {
	local file
	for file in /docker-entrypoint-initdb.d/*; do
		case "$file" in
		*.sh) if [[ -x "$file" ]]; then say "running $file"; "$file"; else say "sourcing $file"; . "$file"; fi ;;
		*.sql) say "running $file"; as_superuser --dbname="$POSTGRES_DB" --file="$file" ;;
		*.sql.gz) say "running $file"; gunzip -c "$file" | as_superuser --dbname="$POSTGRES_DB" ;;
		'/docker-entrypoint-initdb.d/*') ;;
		*) say "ignoring $file" ;;
		esac
	done
}

initialise() { # ARGUMENTS OF THE SERVER
	if [[ -d "$unfinished" ]]; then
		say "an earlier initialisation of $PGDATA was cut off: beginning anew."
		[[ ! -d "${POSTGRES_INITDB_WALDIR:-}" ]] || empty "$POSTGRES_INITDB_WALDIR"
		find "$PGDATA" -mindepth 1 -not -path "$unfinished" -delete
		empty "$unfinished"
	elif [[ -n "$(ls -A "$PGDATA")" ]]; then
		refuse "$PGDATA holds something that is no database: empty it, or set PGDATA to a sub-directory of the volume."
	fi
	[[ -n "$POSTGRES_PASSWORD" || "${POSTGRES_HOST_AUTH_METHOD:-}" == trust ]] ||
		refuse "there is no database yet, and POSTGRES_PASSWORD (or POSTGRES_PASSWORD_FILE) is not set: it becomes the password of the superuser $POSTGRES_USER."
	make_directory
	allow_network "$@"
	export PGPASSWORD="${PGPASSWORD:-$POSTGRES_PASSWORD}"
	pg_ctl --pgdata="$PGDATA" --wait --options="$(printf '%q ' "$@" -c listen_addresses= -p "${PGPORT:-5432}")" start
	if [[ "$POSTGRES_DB" != postgres ]]; then
		as_superuser --dbname=postgres --set=name="$POSTGRES_DB" <<<'CREATE DATABASE :"name";'
	fi
	run_init_scripts
	pg_ctl --pgdata="$PGDATA" --wait --mode=fast stop
	unset PGPASSWORD
	rmdir "$unfinished"
	sync "$PGDATA"
	say "the database is made; starting it."
}

[[ "${1:-}" != -* && $# -gt 0 ]] || set -- postgres "$@"
if [[ "$1" == postgres && ! " $* " =~ ' '(--help|-\?|--version|-V|--describe-config|-C)' ' ]]; then
	if [[ $(id -u) == 0 ]]; then # as in the official image, root only prepares the folders
		mkdir -p "$PGDATA" /var/run/postgresql "${POSTGRES_INITDB_WALDIR:-$PGDATA}"
		chown -R postgres: "$PGDATA" /var/run/postgresql "${POSTGRES_INITDB_WALDIR:-$PGDATA}"
		exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
	fi
	trap 'exit 143' TERM INT # process 1 ignores what it does not catch
	unfinished="$PGDATA/.initialisation-unfinished"
	mkdir -p "$PGDATA" || refuse "PGDATA is $PGDATA, which user $(id -u) can't make: mount a volume that it may write."
	chmod 00700 "$PGDATA" || true # the kubelet's fsGroup opens it to the group, which PostgreSQL refuses
	wait_for_others
	from_file POSTGRES_PASSWORD ''
	from_file POSTGRES_USER postgres
	from_file POSTGRES_DB "$POSTGRES_USER"
	from_file POSTGRES_INITDB_ARGS ''
	[[ -s "$PGDATA/PG_VERSION" && ! -d "$unfinished" ]] || initialise "${@:2}"
	unset POSTGRES_PASSWORD
	trap - TERM INT
fi
exec "$@"
