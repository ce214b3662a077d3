"""The commands' arguments. What is not known is refused with its nearest match."""

import argparse
import difflib
import re
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """A parser that never guesses: no abbreviations, and an unknown word is answered with the nearest known one."""

    def __init__(self, **settings) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """Print one sentence and exit with 2."""
        unknown = re.search(r"(?:unrecognized arguments: |invalid choice: ')([^\s']+)", message)
        near = difflib.get_close_matches(unknown.group(1), sorted(self._known()), n=1) if unknown else []
        hint = f"; did you mean {near[0]}?" if near else ""
        self.exit(2, f"{self.prog}: {message}{hint}\n")

    def _known(self) -> set[str]:
        words = set()
        for action in self._actions:
            words.update(action.option_strings)
            words.update(str(choice) for choice in action.choices or ())
            if isinstance(action, argparse._SubParsersAction):
                for one in action.choices.values():
                    words.update(word for sub in one._actions for word in sub.option_strings)
        return words


def parser() -> Parser:
    """All commands with their arguments; `run` names the function of `devcluster.cli` that does it."""
    top = Parser(prog="python -m devcluster", description="The local stack and the cluster it runs on.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    up = commands.add_parser("up", help="bring up the cluster, the images and the local stack")
    up.add_argument("--context", default="", help="a kubeconfig context of your own in place of the embedded node")
    up.add_argument("--cluster", default="", help="kind or k3d in place of the embedded node")
    up.add_argument("--images", default="", help="the registry that your own cluster pulls the stack's images from")

    down = commands.add_parser("down", help="take all of it away, data included")
    down.add_argument("--keep-data", action="store_true", help="keep volumes, objects and Pulumi state")

    commands.add_parser("status", help="what runs, and where everything is")

    logs = commands.add_parser("logs", help="logs of the app and the database")
    logs.add_argument("--app", default="", help="only this one: observer or postgres")

    psql = commands.add_parser("psql", help="psql on the database; SQL from a pipe works too")
    psql.add_argument("--role", choices=("owner", "app", "reader", "superuser"), default="app")

    shell = commands.add_parser("shell", help="a shell in the app's pod")
    shell.add_argument("--app", default="observer")

    pulumi = commands.add_parser("pulumi", help="pulumi in the local stack's environment: pulumi -- stack ls")
    pulumi.add_argument("--stack", default="local", help="another stack runs with your own backend and credentials")
    pulumi.add_argument("arguments", nargs="*", help="what pulumi gets, after --")

    operations = commands.add_parser("operations", help="maintain a replicated database: operations -- status")
    operations.add_argument("--stack", default="local", help="whose database; another stack's context is its own")
    operations.add_argument("arguments", nargs="+", help="what `python -m operations` gets, after --")

    operator = commands.add_parser("operator", help="CloudNativePG on the cluster: operator 1.30")
    operator.add_argument("version", help="its minor version, such as 1.30")
    operator.add_argument("--context", default="", help="a cluster of your own: it gets the release as published")
    what = operator.add_mutually_exclusive_group()
    what.add_argument("--into", default="", help="only write the release's objects to this file, or to -")
    what.add_argument("--remove", action="store_true", help="take it away; refused while a database needs it")

    commands.add_parser("env", help='lines for a shell: eval "$(python -m devcluster env)"')

    node = commands.add_parser("with-node", help="run a command with the embedded node up: with-node -- pytest …")
    node.add_argument("arguments", nargs="+", help="the command, after --")
    return top
