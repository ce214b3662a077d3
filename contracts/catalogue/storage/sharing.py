"""T02, T03: a claim that one node (or one pod) may have is had by pods of one node (or by one pod)."""

from collections import defaultdict
from collections.abc import Iterator

from contracts.catalogue.storage.nodes import one_node
from contracts.index import Index
from contracts.mounting import claim_of
from contracts.objects import Plain, at, items, mapping, text
from contracts.once import once
from contracts.violation import Ref, Violation
from contracts.workload import Workload

_MANY = frozenset({"ReadWriteMany", "ReadOnlyMany"})
_ONE_NODE = "add a required podAffinity to its own pods with topologyKey kubernetes.io/hostname, or a nodeSelector"


def _modes(claim: Plain) -> set[str]:
    return {text(mode) for mode in items(at(claim, "spec", "accessModes"))}


@once
def _users(index: Index) -> dict[Ref, list[Workload]]:
    """Claim → the workloads that name it, for claims of the set which one node or one pod may have."""
    found: dict[Ref, list[Workload]] = defaultdict(list)
    for workload in index.workloads:
        claims = index.claims_in(workload.ref.namespace)
        for name in dict.fromkeys(claim_of(volume) for volume in workload.volumes.values()):
            modes = _modes(claims[name]) if name in claims else set()
            if modes and not modes & _MANY:
                found[Ref("PersistentVolumeClaim", workload.ref.namespace, name)].append(workload)
    return found


def _single_pod(index: Index, claim: Ref) -> bool:
    return "ReadWriteOncePod" in _modes(index.claims_in(claim.namespace)[claim.name])


def shared(index: Index) -> Iterator[Violation]:
    """T02. Workloads that run side by side; a Job may come before or after, a CronJob comes again and again."""
    for claim, users in _users(index).items():
        beside = [user for user in users if user.ref.kind != "Job" and user.replicas > 0]
        if len(beside) < 2:
            continue
        first, others = beside[0], beside[1:]
        alone = _single_pod(index, claim)
        apart = [(user, "no" if alone else one_node(user, first)) for user in others]
        bad = [(user, state) for user, state in apart if state != "yes"]
        if bad:
            yield _side_by_side(claim, first, bad[0][0], alone=alone, undecided=all(s == "unknown" for _, s in bad))


def _side_by_side(claim: Ref, first: Workload, other: Workload, *, alone: bool, undecided: bool) -> Violation:
    volume = next(name for name, body in other.volumes.items() if claim_of(body) == claim.name)
    mode, share = ("ReadWriteOncePod", "one pod") if alone else ("ReadWriteOnce", "the pods of one node")
    bind = "" if alone else f", or bind both to one node: a required podAffinity to {first.ref.name} on the hostname"
    return Violation(
        "T02",
        other.ref,
        f"{other.where}.volumes[{volume}].persistentVolumeClaim.claimName",
        found=f"claim {claim.name}, which {first.ref} mounts too",
        expected=f"a claim of its own: {mode} is for {share}",
        because="on a second node the volume can't be attached, and the pod hangs in ContainerCreating (Multi-Attach)"
        if not alone
        else "the scheduler lets one pod have it; the other stays Pending",
        fix=f"give {other.ref.name} a claim of its own, or make {claim.name} ReadWriteMany{bind}",
        cause=f"{claim} is shared",
        undecided=undecided,
    )


def single(index: Index) -> Iterator[Violation]:
    """T03. More pods than one of a workload on one claim: replicas, a rolling update, a pod on every node."""
    named: dict[Ref, tuple[Workload, list[Ref]]] = {}
    for claim, users in _users(index).items():
        for user in users:
            named.setdefault(user.ref, (user, []))[1].append(claim)
    scaled = _scaled(index) if named else {}
    for workload, claims in named.values():
        pods = [claim for claim in claims if _single_pod(index, claim)]
        state = "no" if pods else one_node(workload)
        if state != "yes" and (why := _more_than_one(workload, scaled)):
            yield _spread(workload, pods or claims, *why, alone=bool(pods), undecided=state == "unknown")


def _scaled(index: Index) -> dict[tuple[str, str, str], tuple[Ref, int]]:
    """(namespace, kind, name) of a scaled workload → the autoscaler and how many pods it may make."""
    found: dict[tuple[str, str, str], tuple[Ref, int]] = {}
    for ref in index.refs("HorizontalPodAutoscaler"):
        spec = mapping(index.objects[ref].get("spec"))
        target, most = mapping(spec.get("scaleTargetRef")), spec.get("maxReplicas")
        if isinstance(most, int):
            found[ref.namespace, text(target.get("kind")), text(target.get("name"))] = (ref, most)
    return found


def _more_than_one(workload: Workload, scaled: dict[tuple[str, str, str], tuple[Ref, int]]) -> tuple[str, str] | None:
    """(path, what is found) of what puts more than one pod of a workload side by side; None where nothing does."""
    kind = workload.ref.kind
    if kind in {"Pod", "Job", "CronJob"}:
        return None
    if kind == "DaemonSet":
        return workload.where, "a pod on every node"
    if workload.replicas > 1:
        return "spec.replicas", f"{workload.replicas} replicas"
    by = scaled.get((workload.ref.namespace, kind, workload.ref.name))
    if by is not None and by[1] > 1:
        return "spec.replicas", f"up to {by[1]} replicas, by {by[0]}"
    strategy = mapping(at(workload.body, "spec", "strategy"))
    if kind != "Deployment" or workload.replicas == 0 or text(strategy.get("type")) == "Recreate":
        return None
    surge = text(at(strategy, "rollingUpdate", "maxSurge"))
    if surge in {"0", "0%"}:
        return None  # The old pod goes first.
    return (
        "spec.strategy",
        f"a rolling update{'' if strategy else ' (the default)'}, the new pod beside the old",
    )


def _spread(workload: Workload, claims: list[Ref], path: str, found: str, *, alone: bool, undecided: bool) -> Violation:
    names = ", ".join(claim.name for claim in claims)
    claim = f"{'claims' if len(claims) > 1 else 'claim'} {names}"
    mode, share = ("ReadWriteOncePod", "one pod") if alone else ("ReadWriteOnce", "one node")
    rolling = path == "spec.strategy"
    recreate = "set strategy type Recreate" if rolling else "set replicas to 1"
    other = "" if alone else f", or {_ONE_NODE}"
    return Violation(
        "T03",
        workload.ref,
        path,
        found=f"{found}, with {claim}",
        expected="one pod at a time" if alone else "pods bound to one node, or one pod at a time",
        because=f"{mode} is for {share}: "
        + ("the second pod stays Pending" if alone else "on another node the pod hangs (Multi-Attach)")
        + ("; a rolling update then waits for it for ever" if rolling else ""),
        fix=f"{recreate}{other}, or make the claim ReadWriteMany",
        undecided=undecided,
    )
