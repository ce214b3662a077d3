"""`python -m components check|render|explain|diagram|cost|diff`: each step, without a cluster or the CLI."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from components import rendered
from components.compose import Plan, compose
from components.cost.text import cost
from components.diagram import diagram
from components.difference.text import difference
from components.explain import explain
from components.gate import ContractsBroken, passed
from components.settings import load
from components.settings.mistakes import SettingsRefused
from components.table import terminal_width
from contracts.catalogue import CONTRACTS


def _check(stack: load.Stack, plan: Plan) -> str:
    waived = passed(stack.system, plan)
    where = f"{len(plan.manifests)} objects in namespace {stack.system.namespace.name}"
    lines = [f"{stack.name}: {where}; settings and {len(CONTRACTS)} contracts hold"]
    lines += [f"  note   {note}" for note in (*plan.notes, *waived)]
    lines += [
        f"  unset  {key}: `pulumi config set --secret {key} -s {stack.name}` before `pulumi up`" for key in stack.unset
    ]
    return "\n".join(lines)


def _render(stack: load.Stack, plan: Plan, into: Path) -> str:
    passed(stack.system, plan)
    written = rendered.write(stack.name, plan, into)
    place = os.path.relpath(into)
    counts = f"{written.files} files, {len(written.changed)} of them new or changed, {len(written.removed)} removed"
    return (
        f"{place}: {counts}\n"
        f"  kubectl --context {stack.system.cluster.context} diff -f {place}\n"
        f"  What only `pulumi up` can make is a placeholder in {place}/{rendered.PLACEHOLDERS}; no API server takes it."
    )


def _warn(stack: load.Stack, plan: Plan) -> None:
    """A view shows a stack that is refused, too; then it says so, where a pipe does not carry it."""
    try:
        passed(stack.system, plan)
    except ContractsBroken:
        print(f"{stack.name} is refused: `make check STACK={stack.name}` says why", file=sys.stderr)


def _run(options: argparse.Namespace) -> int:
    if options.command == "diff":
        text, differs = difference(options.before, options.after, options.root, terminal_width())
        print(text)
        return int(differs and options.exit_code)
    stack = load.decode(load.from_file(options.stack, options.root), options.root)
    plan = compose(stack.system, stack.provider)
    if options.command == "render" and options.into == "-":
        print(rendered.as_text(rendered.rendered(manifest) for manifest in plan.manifests), end="")
        # Told after the text, so that it can be looked at; not silently, because it is there to be applied.
        passed(stack.system, plan)
        return 0
    views: dict[str, Callable[[], str]] = {
        "check": lambda: _check(stack, plan),
        "render": lambda: _render(stack, plan, Path(options.into or options.root / "rendered" / stack.name)),
        "explain": lambda: explain(stack.system, plan, terminal_width()),
        "diagram": lambda: diagram(stack.system, plan),
        "cost": lambda: cost(stack.name, stack.system, plan, terminal_width()),
    }
    print(views[options.command]())
    if options.command in {"explain", "diagram", "cost"}:
        _warn(stack, plan)
    return 0


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m components", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    told = {
        "check": "settings and contracts: what holds, what is unset",
        "render": "the objects as YAML, with placeholders for what is secret",
        "explain": "each variable of each container; who may talk to whom",
        "diagram": "the wiring as Mermaid, red where it is broken",
        "cost": "what a month costs, object by object, at the prices of the stack",
        "diff": "what really differs between two stacks",
    }
    root = argparse.ArgumentParser(add_help=False)
    root.add_argument("--root", type=Path, default=load.ROOT, help="where the stack files and systems/ are")
    for name, sentence in told.items():
        command = commands.add_parser(name, help=sentence, description=sentence, parents=[root])
        if name != "diff":
            command.add_argument("--stack", required=True, help="NAME in Pulumi.NAME.yaml")
            continue
        command.add_argument("before", metavar="A", help="a stack")
        command.add_argument("after", metavar="B", help="another stack")
        command.add_argument("--exit-code", action="store_true", help="end with 1 where they differ, like git diff")
    into = commands.choices["render"]
    into.add_argument("--into", metavar="DIRECTORY", help="by default rendered/STACK; - for standard output")
    return parser.parse_args(words)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code: 0; 1 when settings or contracts refuse the stack; for `diff` 2 then,
    and 1 for a difference if --exit-code asks for it."""
    options = _arguments(arguments)
    refused = 2 if options.command == "diff" else 1
    # YAML and Mermaid are UTF-8, whatever the locale says of a terminal.
    if (reconfigure := getattr(sys.stdout, "reconfigure", None)) is not None:
        reconfigure(encoding="utf-8")
    try:
        code = _run(options)
        sys.stdout.flush()
    except (SettingsRefused, ContractsBroken) as error:
        print(error, file=sys.stderr)
        return refused
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{error.filename or 'output'}: {error.strerror}", file=sys.stderr)
        return refused
    return code


if __name__ == "__main__":
    sys.exit(main())
