#!/bin/bash
# Makes .venv with exactly what requirements.lock pins: found Python 3.11 or newer, then uv, then uv's sync.
set -euo pipefail
cd "$(dirname "$0")/.."

suitable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=
for name in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if command -v "$name" >/dev/null && suitable "$name"; then python=$name; break; fi
done
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed, found: $(python3 --version 2>&1 || echo none). On Debian: apt-get install python3 python3-venv" >&2
    exit 1
fi

if ! { [ -x .venv/bin/python ] && suitable .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
    # Debian keeps ensurepip in a package of its own.
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            echo "installing python3-venv, which Debian keeps apart from Python"
            { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y python3-venv; } >/dev/null
        else
            echo "$python can't make a virtual environment; on Debian: sudo apt-get install python3-venv" >&2
            exit 1
        fi
    fi
    rm -rf .venv
    "$python" -m venv .venv
fi

began=$SECONDS
echo "installing what requirements.lock pins into .venv"
.venv/bin/python -m pip install --quiet --disable-pip-version-check "$(grep -oE '^uv==[0-9.]+' requirements.lock)"
.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
cp requirements.lock .venv/.requirements.lock
echo "  done in $((SECONDS - began)) s"
