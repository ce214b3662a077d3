# How a container says why it ends: on its standard error, and in the pod's status for `kubectl describe`.
fail() {
  echo "$*" >&2
  { echo "$*" > /dev/termination-log; } 2> /dev/null || :
  exit 1
}
