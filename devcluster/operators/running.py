"""The operator on a cluster: put in until its webhooks answer, and taken out where nothing is left that needs it."""

import json
import re
import time
from collections.abc import Callable, Sequence

from devcluster.command import CommandFailed, run
from devcluster.operators import release
from devcluster.operators.release import NoOperator, Object

Say = Callable[[str], None]

READY_WITHIN = 180.0
"""Seconds until the operator's pod must be ready and its webhooks must answer."""

GONE_WITHIN = 120.0
"""Seconds until all that the release made must be gone."""

_PROBE = {
    "apiVersion": f"{release.GROUP}/v1",
    "kind": "Cluster",
    "metadata": {"name": "webhook-probe", "namespace": release.NAMESPACE},
    "spec": {"instances": 1, "storage": {"size": "1Gi"}},
}
"""A valid Cluster: only with webhooks that answer does the API server say that it would make it."""


def installed(kubectl: Sequence[str]) -> str:
    """The minor version of the operator that is on the cluster, such as "1.30"; nothing where there is none.

    Raises NoOperator where its image's tag is no version, or CommandFailed.
    """
    words = ["get", "deployment", release.DEPLOYMENT, "-n", release.NAMESPACE, "--ignore-not-found", "-o", "json"]
    answer = run([*kubectl, *words], timeout=30)
    if not answer.strip():
        return ""
    image = json.loads(answer)["spec"]["template"]["spec"]["containers"][0]["image"]
    tag = re.search(r":v?(\d+\.\d+)", image)
    if tag is None:
        raise NoOperator(f"the operator on this cluster has the image {image}, whose tag says no version")
    return tag[1]


def install(kubectl: Sequence[str], minor: str, objects: Sequence[Object], say: Say) -> None:
    """Apply `objects`, the release of `minor`, and wait until its webhooks answer; a second run changes nothing.

    An older operator is upgraded in place. A newer one is refused with NoOperator, as one that does not come up is.
    Raises CommandFailed where the cluster refuses an object.
    """
    there = installed(kubectl)
    if there and _order(there) > _order(minor):
        raise NoOperator(
            f"the operator on this cluster is of version {there}, and going back to {minor} is not supported: what "
            f"{there} has written may mean nothing to it. Remove it first (REMOVE=1), then install {minor}"
        )
    say("the API server to take the release's objects")
    # On the server, because a CRD is larger than the annotation that kubectl would keep it in.
    apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=devcluster", "-f", "-"]
    run([*kubectl, *apply], stdin=_list(objects), timeout=120)
    say("the operator's pod to be ready")
    rollout = ["rollout", "status", f"deployment/{release.DEPLOYMENT}", "-n", release.NAMESPACE]
    try:
        run([*kubectl, *rollout, f"--timeout={READY_WITHIN:.0f}s"], timeout=READY_WITHIN + 10)
    except CommandFailed as error:
        pods = run([*kubectl, "describe", "pods", "-n", release.NAMESPACE], timeout=30).splitlines()[-6:]
        raise NoOperator("\n".join([f"the operator {minor} does not come up: {error}", *pods])) from error
    _wait_for_webhooks(kubectl, minor, say)


def _wait_for_webhooks(kubectl: Sequence[str], minor: str, say: Say) -> None:
    until = time.monotonic() + READY_WITHIN
    while True:
        try:
            run([*kubectl, "create", "--dry-run=server", "-f", "-"], stdin=json.dumps(_PROBE), timeout=30)
        except CommandFailed as error:
            if time.monotonic() > until:
                raise NoOperator(f"the webhooks of the operator {minor} do not answer: {error}") from error
            say(f"the webhooks to answer ({str(error).splitlines()[-1].strip()})")
            time.sleep(0.2)
        else:
            return


def remove(kubectl: Sequence[str], objects: Sequence[Object], say: Say) -> bool:
    """Delete `objects` and all that the operator made for itself; False where there was no operator.

    Raises NoOperator while objects of its kinds are left: they would go with their kinds, databases with them, or stay
    for ever because nobody takes their finalizers off. Raises CommandFailed where something does not go.
    """
    left = served(kubectl)
    if left:
        some = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
        raise NoOperator(f"these would go with the operator, and their data with them: {some}; delete them first")
    if not installed(kubectl):
        return False
    say("the release's objects to go")
    words = ["delete", "--ignore-not-found", "--wait", f"--timeout={GONE_WITHIN:.0f}s", "-f", "-"]
    # The webhooks first, which nobody answers soon; the namespace last.
    run([*kubectl, *words], stdin=_list(list(reversed(objects))), timeout=GONE_WITHIN + 10)
    return True


def served(kubectl: Sequence[str]) -> list[str]:
    """All objects of the operator's kinds on the cluster, as kind/namespace/name. Raises CommandFailed."""
    kinds = run([*kubectl, "api-resources", f"--api-group={release.GROUP}", "-o", "name"], timeout=30).split()
    if not kinds:
        return []
    answer = run([*kubectl, "get", ",".join(kinds), "--all-namespaces", "-o", "json"], timeout=60)
    found = [(one["kind"], one["metadata"]) for one in json.loads(answer)["items"]]
    return [f"{kind}/{about.get('namespace', '')}/{about['name']}".replace("//", "/") for kind, about in found]


def _list(objects: Sequence[Object]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})


def _order(minor: str) -> tuple[int, ...]:
    return tuple(int(part) for part in minor.split("."))
