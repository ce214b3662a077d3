#!/bin/sh
# As in the official image: flags alone are haproxy's, and haproxy runs as a master with workers, in the foreground.
# https://github.com/docker-library/docs/blob/master/haproxy/content.md
set -eu

case "${1:-}" in -*) set -- haproxy "$@" ;; esac
if [ "${1:-}" = haproxy ]; then
	shift
	set -- haproxy -W -db "$@"
fi
exec "$@"
