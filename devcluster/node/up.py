"""The node from nothing to Ready, or from half dead to Ready: every step does only what is not done yet."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from devcluster import images, paths, toolchain
from devcluster.images import pause
from devcluster.node import addons, agents, components, containerd, host, layout, machine, pki
from devcluster.node.api import Api, ApiFailed, until
from devcluster.node.layout import NodeFailed
from devcluster.node.pods import shims
from devcluster.node.process import Process, end, strays
from devcluster.progress import Progress, Step


def processes(command: components.Command) -> list[Process]:
    """Every process of the node, in the order in which they are started."""
    return [
        components.etcd(command),
        containerd.containerd(),
        components.api_server(command),
        components.controller_manager(command),
        components.scheduler(command),
        agents.kubelet(command),
        agents.proxy(command),
        agents.provisioner(),
    ]


def start(progress: Progress) -> None:
    """Start the node, or what is missing of it, until it is Ready and resolves names.

    Raises NodeFailed, install.NoTool, NoImage or CommandFailed with what to do.
    """
    host.check()
    _install(progress)
    with machine.only_one():
        machine.check()  # before anything takes minutes
    kubernetes, coredns = _tools(progress)
    archives = [
        (images.build(pause.IMAGE, progress).tar, layout.PAUSE),
        (addons.coredns_image(coredns), layout.COREDNS),
    ]
    with progress.step("Start the Kubernetes node") as step, machine.only_one():
        machine.check()
        machine.prepare(step)
        pki.ensure()
        _start(processes(kubernetes.command), archives, step)


def _install(progress: Progress) -> None:
    missing = host.missing_packages()
    if missing:
        with progress.step(f"Install {', '.join(missing)}", "by apt, about 20 s"):
            host.install_packages()


def _tools(progress: Progress) -> tuple[toolchain.Kubernetes, Path]:
    with progress.step("Find Kubernetes and CoreDNS", "a first build takes about 7 minutes on 2 cores") as step:
        return toolchain.kubernetes(step.waiting_for), toolchain.coredns(step.waiting_for)


def _start(every: Sequence[Process], archives: Sequence[tuple[Path, str]], step: Step) -> None:
    etcd, runtime, server, *rest = every
    api = Api()
    for process in (etcd, runtime, server):
        _ensure(process)
    still = _alive(every[:3])
    # The images go in while the API server comes up.
    with ThreadPoolExecutor(1) as beside:
        loading = beside.submit(_load, archives, runtime)
        _wait(lambda: _api_not_ready(api), step, 60, still)
        for process in rest:
            if process.name == "kubelet":
                loading.result()  # it must find the pause image
            _ensure(process)
    still = _alive(every)
    _wait(lambda: _not_applied(api), step, 30, still)
    kubelet = next(process for process in rest if process.name == "kubelet")
    _wait(lambda: node_not_ready(api, since=kubelet.began()), step, 60, still)
    _wait(lambda: "" if addons.dns_answers() else "CoreDNS to answer (pods in kube-system)", step, 60, still)


def _ensure(process: Process) -> None:
    pid = process.pid()
    if pid is not None and process.outdated():
        end([pid], grace=10)
        pid = None
    if pid is None:
        end([stray for stray in strays(process.name) if stray not in shims()], grace=10)
        process.start()


def _load(archives: Sequence[tuple[Path, str]], runtime: Process) -> None:
    until(lambda: "" if containerd.answers() else "containerd", lambda _: None, 30, _alive([runtime]))
    for tar, reference in archives:
        containerd.load(tar, reference)


def _alive(every: Sequence[Process]) -> Callable[[], None]:
    def check() -> None:
        for process in every:
            if process.pid() is None:
                raise NodeFailed(f"{process.name} ended; the end of {process.log}:\n{process.last_lines()}")

    return check


def _wait(not_yet: Callable[[], str], step: Step, seconds: float, still: Callable[[], None]) -> None:
    try:
        until(not_yet, step.waiting_for, seconds, still)
    except TimeoutError as error:
        raise NodeFailed(f"the node does not start: {error}; its logs lie in {paths.LOGS}") from error


def _api_not_ready(api: Api) -> str:
    try:
        return "" if api.text("/readyz") == "ok" else "the API server to be ready"
    except ApiFailed as error:
        return "the API server to answer" if error.status == 0 else "the API server to be ready"


def _not_applied(api: Api) -> str:
    try:
        addons.apply(api)
    except ApiFailed as error:  # the namespace kube-system and the roles come a moment after the API server
        return f"the API server to take the addons ({error})"
    return ""


def node_not_ready(api: Api, since: float = 0.0) -> str:
    """Nothing where the node is Ready, else what Kubernetes says is missing.

    A report from before `since` (seconds since 1970) does not count: after a stop, etcd still holds the last one.
    """
    try:
        node = api.get(f"/api/v1/nodes/{layout.NODE}")
    except ApiFailed as error:
        return f"the kubelet to register the node ({error})"
    conditions = {one["type"]: one for one in node.get("status", {}).get("conditions", [])}
    ready = conditions.get("Ready", {"status": "Unknown", "message": "the kubelet has not reported yet"})
    if ready.get("lastHeartbeatTime", "") < f"{datetime.fromtimestamp(since, UTC):%Y-%m-%dT%H:%M:%SZ}":
        return "the kubelet to report"
    return "" if ready["status"] == "True" else f"the node to be Ready: {ready.get('message', '')}"


def running() -> bool:
    """Whether the API server answers and the node is Ready."""
    return pki.ADMIN.key.exists() and not node_not_ready(Api(timeout=2))
