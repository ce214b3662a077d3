"""`python -m operations --stack NAME COMMAND`: exit 0: well, 1: something is wrong or was refused, 2: can't tell."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from components.settings import load
from components.settings.mistakes import SettingsRefused
from operations.commands import dumps
from operations.commands.maintenance import maintenance
from operations.commands.reinit import reinit
from operations.commands.status import status
from operations.commands.switchover import switchover
from operations.commands.tools import etcdctl, patronictl
from operations.live import Live
from operations.refusals import CantTell, Failed, Refused
from operations.target import of_stack

if TYPE_CHECKING:
    from operations.namespace import Namespace

_COMMANDS: dict[str, Callable[[Live, argparse.Namespace], int]] = {
    "status": lambda live, _: status(live),
    "switchover": lambda live, options: switchover(live, options.member),
    "reinit": lambda live, options: reinit(live, options.member, sure=options.yes),
    "pause": lambda live, _: maintenance(live, on=True),
    "resume": lambda live, _: maintenance(live, on=False),
    "patronictl": lambda live, options: patronictl(live, options.words),
    "etcdctl": lambda live, options: etcdctl(live, options.words),
}

_OF_DUMPS: dict[str, Callable[[dumps.Dumped, "Namespace", argparse.Namespace], int]] = {
    "dump-now": lambda dumped, namespace, _: dumps.dump_now(dumped, namespace),
    "prove-now": lambda dumped, namespace, _: dumps.prove(dumped, namespace),
    "dumps": lambda dumped, namespace, _: dumps.dumps(dumped, namespace),
    "restore": lambda dumped, namespace, options: dumps.restore(
        dumped, namespace, options.dump, "replace" if options.replace else "fresh"
    ),
    "restore-copy": lambda dumped, namespace, options: dumps.restore(dumped, namespace, options.dump, "copy"),
}
"""Commands for any database with dumps; all others are for a replicated one."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operations", description=__doc__, allow_abbrev=False)
    parser.add_argument("--stack", required=True, help="NAME in Pulumi.NAME.yaml")
    parser.add_argument("--context", default="", help="another context of the kubeconfig than the stack's")
    parser.add_argument("--root", type=Path, default=load.ROOT, help="where the stack files and systems/ are")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("status", help="members, etcd, router, what is wrong and what to do")
    to = commands.add_parser("switchover", help="another member becomes primary, in order")
    to.add_argument("--member", default="", help="this one; without it, the synchronous one")
    again = commands.add_parser("reinit", help="copy a standby anew from the primary")
    again.add_argument("--member", default="")
    again.add_argument("--yes", action="store_true", help="don't ask")
    commands.add_parser("pause", help="maintenance mode: nobody takes over")
    commands.add_parser("resume", help="end maintenance mode")
    commands.add_parser("dump-now", help="dump at once")
    commands.add_parser("prove-now", help="restore the newest dump into a server that is thrown away")
    commands.add_parser("dumps", help="what there is to restore, and what is proved")
    for name, what in (("restore", "a dump into an empty database"), ("restore-copy", "a dump beside the database")):
        taken = commands.add_parser(name, help=what)
        taken.add_argument("--from", dest="dump", default="latest", help="its name, as `dumps` prints it")
        if name == "restore":
            taken.add_argument("--replace", action="store_true", help="what is there gets another name")
    for tool in ("patronictl", "etcdctl"):
        commands.add_parser(tool, help=f"{tool} in one of the pods").add_argument("words", nargs=argparse.REMAINDER)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(words)
    try:
        if options.command in _OF_DUMPS:
            dumped = dumps.of_stack(options.stack, options.root, options.context)
            from operations.namespace import Namespace  # noqa: PLC0415

            return _OF_DUMPS[options.command](dumped, Namespace(dumped.context, dumped.namespace), options)
        target = of_stack(options.stack, options.root, options.context)
        # The client of Kubernetes takes half a second to load, which a mistake in a stack's name need not cost.
        from operations.namespace import Namespace  # noqa: PLC0415

        return _COMMANDS[options.command](Live(target, Namespace(target.context, target.namespace)), options)
    except (Refused, Failed) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except (CantTell, SettingsRefused) as unknown:
        print(unknown, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted here; what was asked of the cluster goes on there", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
