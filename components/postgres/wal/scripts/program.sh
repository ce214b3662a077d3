# Puts pgBackRest where the server finds it: program.sh PROGRAM DIRECTORY. Its own libraries come with it, all but the
# C library's, so the server's image needs nothing but a C library that is not older.
set -eu
mkdir -p "$2/lib"
cp "$1" "$2/lib/pgbackrest"
ldd "$1" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | while read -r library; do
    case "${library##*/}" in
    libc.so.* | libc.musl-* | libm.so.* | libdl.so.* | librt.so.* | libpthread.so.* | libresolv.so.*) ;;
    *) cp -L "$library" "$2/lib/" ;;
    esac
done
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    cp /etc/ssl/certs/ca-certificates.crt "$2/ca.crt"
fi
printf '#!/bin/sh\nLD_LIBRARY_PATH=%s/lib exec %s/lib/pgbackrest "$@"\n' "$2" "$2" > "$2/pgbackrest"
chmod 755 "$2/pgbackrest"
