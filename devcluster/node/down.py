"""The node taken away: its processes and pods, mounts, bridge, rules, control groups, settings and folders."""

import contextlib
import re
import shutil
from pathlib import Path

from devcluster import paths
from devcluster.command import CommandFailed, run
from devcluster.node import bridge, firewall, host, layout, pods
from devcluster.node.layout import NodeFailed
from devcluster.node.machine import FOREIGN_FOLDERS, before_start, only_one
from devcluster.node.process import end, recorded, strays
from devcluster.progress import Progress, Step

MADE_AGAIN = (layout.CONFIG, layout.KUBELET, paths.LOGS, paths.KUBECONFIG)
"""What goes from HOME even where the data is kept."""

MOUNTS = Path("/proc/self/mountinfo")


def stop(progress: Progress, keep_data: bool = False) -> bool:
    """Stop the node and take away all that it made; False where there was nothing.

    With `keep_data`, databases are asked to shut down and the next start finds the same keys, objects, images and
    volumes (and the local stack's Pulumi state, which describes them). Raises NodeFailed or CommandFailed where
    something does not go away.
    """
    host.check()
    if not _anything(keep_data):
        progress.console.print("The node is not running; nothing to stop.", highlight=False)
        return False
    with (
        progress.step("Stop the Kubernetes node, its data " + ("kept" if keep_data else "removed")) as step,
        only_one(),
    ):
        before = before_start()
        _end_processes(step, keep_data=keep_data)
        step.waiting_for("mounts, bridge, rules and control groups to go")
        _take_away(before)
        _remove_folders(before.get("folders", list(FOREIGN_FOLDERS)), keep_data=keep_data)
    shutil.rmtree(paths.RUN, ignore_errors=True)
    return True


def _take_away(before: dict) -> None:
    """What the node changed outside its folders, each thing whether or not another resists. Raises NodeFailed."""
    resisted = []
    for take in (
        lambda: unmount([paths.HOME, paths.RUN]),
        bridge.remove,
        lambda: firewall.remove(before.get("rules", {})),
        pods.remove_cgroups,
        lambda: host.write_sysctls(before.get("sysctls", {})),
    ):
        try:
            take()
        except (CommandFailed, NodeFailed, OSError) as error:
            resisted.append(str(error))
    if resisted:
        raise NodeFailed("\n".join([*resisted, "Not all of the node is gone; when this is solved, stop it again."]))


def _anything(keep_data: bool) -> bool:
    left = MADE_AGAIN if keep_data else paths.HOME.glob("*")
    there = [paths.RUN.exists(), bridge.exists(), *(path.exists() for path in left), *pods.shims(), *strays("etcd")]
    return any(there)


def _end_processes(step: Step, *, keep_data: bool) -> None:
    """First what would start pods again, then the pods, then what they ran on."""
    step.waiting_for("the controllers and the kubelet to end")
    _end("kubelet", "local-path-provisioner", "kube-controller-manager", "kube-scheduler", "kube-proxy")
    if keep_data:
        step.waiting_for("the containers to shut down")
        pods.shut_down()
    step.waiting_for("the containers to end")
    pods.kill()
    _end("containerd")
    step.waiting_for("the API server and etcd to end")
    _end("kube-apiserver")
    _end("etcd")


def _end(*names: str) -> None:
    known = {recorded(layout.PIDS / f"{name}.json") for name in names}
    every = known.union(*(strays(name) for name in names)) - {None, *pods.shims()}  # shims inherit containerd's mark
    # The API server waits for open watches; nothing is lost when it does not.
    end([pid for pid in every if pid is not None], grace=3.0)


def mounts_under(folders: list[Path]) -> list[str]:
    """The mount points below `folders`, the innermost first."""
    lines = MOUNTS.read_text().splitlines()
    # Space, tab, newline and backslash are written in octal: proc(5).
    points = [re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), line.split()[4]) for line in lines]
    return [point for point in reversed(points) if any(point.startswith(f"{folder}/") for folder in folders)]


def unmount(folders: list[Path]) -> None:
    """Unmount everything below `folders`. Raises NodeFailed for what stays: nothing below it may be removed then."""
    for _ in range(3):  # one mount may lie on another
        points = mounts_under(folders)
        if not points:
            return
        with contextlib.suppress(CommandFailed):  # what counts is what is left
            run(["umount", "--lazy", "--", *points])
    left = mounts_under(folders)
    if left:
        raise NodeFailed(f"{left[0]} stays mounted (see `findmnt {left[0]}`): unmount it, then stop again")


def _remove_folders(known: list[str], *, keep_data: bool) -> None:
    for name in FOREIGN_FOLDERS:
        if name not in known:
            shutil.rmtree(name, ignore_errors=True)
    for result in Path("/var/lib/cni/results").glob("*"):
        if str(layout.CONTAINERD_STATE) in result.read_text(errors="replace"):  # the pod's network namespace
            result.unlink()
    for log in Path("/var/log/containers").glob("*.log"):
        if log.is_symlink() and log.readlink().is_relative_to(layout.POD_LOGS):
            log.unlink()
    going = MADE_AGAIN if keep_data else [*paths.HOME.iterdir()] if paths.HOME.exists() else []
    for path in going:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if not keep_data:
        with contextlib.suppress(OSError):  # it may be a disk of its own, mounted there
            paths.HOME.rmdir()
