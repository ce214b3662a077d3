# A VolumeSnapshot of each claim that is named, and the end of those that are older than the newest $COUNT of each.
set -eu
# Seconds for one: a disk is cut in seconds, and uploaded behind that in minutes.
ready_within=600
fail() {
  echo "$*" >&2
  exit 1
}
kubectl api-resources --api-group=snapshot.storage.k8s.io -o name | grep -q ^volumesnapshots ||
  fail "the cluster knows no VolumeSnapshot: its CRDs and the snapshot controller are missing"
stamp=$(date -u +%Y%m%d%H%M%S)
for claim in "$@"; do
  name="$claim-$stamp"
  kubectl create -f - <<OBJECT || fail "no snapshot of $claim was made"
{"apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot",
 "metadata": {"name": "$name", "labels": {"postgres-apps/snapshots": "scheduled"}},
 "spec": {"volumeSnapshotClassName": "$CLASS", "source": {"persistentVolumeClaimName": "$claim"}}}
OBJECT
  kubectl wait --for=jsonpath='{.status.readyToUse}'=true "volumesnapshot/$name" --timeout="${ready_within}s" ||
    fail "the snapshot $name is not ready after $ready_within s: $(kubectl get volumesnapshot "$name" -o jsonpath='{.status.error.message}')"
  echo "made $name"
  kubectl get volumesnapshots -l postgres-apps/snapshots=scheduled --sort-by=.metadata.creationTimestamp \
    -o jsonpath='{range .items[?(@.status.readyToUse==true)]}{.spec.source.persistentVolumeClaimName}{" "}{.metadata.name}{"\n"}{end}' |
    sed -n "s/^$claim //p" | head -n "-$COUNT" | while read -r old; do
    kubectl delete volumesnapshot "$old"
  done
done
