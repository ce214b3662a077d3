"""One thing that a person must know."""

from dataclasses import dataclass

from operations.state import Cluster, Pod


@dataclass(frozen=True)
class Finding:
    """What is so, and what to do about it. `wrong`: the cluster is not healthy as long as it is so."""

    what: str
    do: str = ""
    wrong: bool = True


def note(what: str, do: str = "") -> Finding:
    """Worth knowing; nothing is broken by it."""
    return Finding(what, do, wrong=False)


def make(cluster: Cluster, target: str, **variables: str) -> str:
    """The command of this repository, ready to be pasted."""
    words = {"STACK": cluster.stack, **variables}
    return f"`make {target} " + " ".join(f"{name}={_quoted(value)}" for name, value in words.items()) + "`"


def _quoted(value: str) -> str:
    return f"'{value}'" if " " in value else value


def of_pod(pod: Pod | None, name: str, container: str) -> Finding | None:
    """Why this pod does not run; None where it does."""
    if pod is None:
        return Finding(f"{name} has no pod", f"`kubectl get events --field-selector involvedObject.name={name}`")
    if pod.running and not pod.trouble:
        return None
    said = f"; its log ends with: {pod.said}" if pod.said else ""
    do = f"`kubectl logs {name} -c {container} --previous`" if pod.restarts else f"`kubectl describe pod {name}`"
    return Finding(f"{name} does not run: {pod.trouble or 'no reason given'}{said}", do)
