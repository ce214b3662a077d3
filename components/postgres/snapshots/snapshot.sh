# A VolumeSnapshot of each of $CLAIMS, and the end of those that are older than the newest $COUNT of each.
set -eu
fail() {
  echo "$*" >&2
  exit 1
}
kubectl api-resources --api-group=snapshot.storage.k8s.io -o name | grep -q ^volumesnapshots ||
  fail "the cluster knows no VolumeSnapshot: its CRDs and the snapshot controller are missing"
stamp=$(date -u +%Y%m%d%H%M%S)
for claim in $CLAIMS; do
  name="$claim-$stamp"
  kubectl create -f - <<OBJECT || fail "no snapshot of $claim was made"
{"apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot",
 "metadata": {"name": "$name", "labels": {"postgres-apps/snapshots": "$SERVICE"}},
 "spec": {"volumeSnapshotClassName": "$CLASS", "source": {"persistentVolumeClaimName": "$claim"}}}
OBJECT
  kubectl wait --for=jsonpath='{.status.readyToUse}'=true "volumesnapshot/$name" --timeout="${READY_WITHIN}s" ||
    fail "the snapshot $name is not ready after $READY_WITHIN s: $(kubectl get volumesnapshot "$name" -o jsonpath='{.status.error.message}')"
  echo "made $name"
  kubectl get volumesnapshots -l "postgres-apps/snapshots=$SERVICE" --sort-by=.metadata.creationTimestamp \
    -o jsonpath='{range .items[?(@.status.readyToUse==true)]}{.spec.source.persistentVolumeClaimName}{" "}{.metadata.name}{"\n"}{end}' |
    sed -n "s/^$claim //p" | head -n "-$COUNT" | while read -r old; do
    kubectl delete volumesnapshot "$old"
  done
done
