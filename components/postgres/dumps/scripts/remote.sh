# The place of the dumps for rclone: `$(at FILE)` is one in it. All of rclone's configuration is in the environment.
export RCLONE_CONFIG=/notfound RCLONE_CACHE_DIR=/tmp RCLONE_RETRIES=2 RCLONE_LOW_LEVEL_RETRIES=3 RCLONE_CONTIMEOUT=10s
export RCLONE_TIMEOUT=60s RCLONE_STATS=0 RCLONE_LOG_LEVEL=ERROR RCLONE_USE_JSON_LOG=false
# To look for a bucket, and to make one, are rights that whoever writes files does not need.
export RCLONE_CONFIG_STORE_NO_CHECK_BUCKET=true
dumps=$REMOTE/
if [ -n "${ENCRYPT:-}" ]; then
  # rclone wants the password in a form of its own; it goes there by a pipe, never as a word of a command.
  RCLONE_CONFIG_SEALED_PASSWORD=$(printenv ENCRYPTION_PASSWORD | rclone obscure -)
  export RCLONE_CONFIG_SEALED_PASSWORD RCLONE_CONFIG_SEALED_TYPE=crypt RCLONE_CONFIG_SEALED_REMOTE="$REMOTE"
  export RCLONE_CONFIG_SEALED_FILENAME_ENCRYPTION=off RCLONE_CONFIG_SEALED_DIRECTORY_NAME_ENCRYPTION=false
  dumps=sealed:
fi
at() { echo "$dumps$1"; }
# The names of the files that end with $1, the oldest first.
named() { rclone lsf --files-only --max-depth 1 --include "*$1" "$dumps" > /tmp/named && LC_ALL=C sort /tmp/named; }
