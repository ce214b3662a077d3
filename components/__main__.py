"""`python -m components check|render|explain|diagram --stack NAME`: each step, without a cluster or the CLI."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import yaml

from components.compose import Plan, compose
from components.diagram import diagram
from components.explain import explain
from components.gate import ContractsBroken, passed
from components.manifest import shown
from components.settings import load
from components.settings.mistakes import SettingsRefused
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


class _Dumper(yaml.SafeDumper):
    """YAML with texts of several lines as they are in the file, not quoted and folded."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _render(_: load.Stack, plan: Plan) -> str:
    objects = [shown(manifest.body) for manifest in plan.manifests]
    return yaml.dump_all(objects, Dumper=_Dumper, sort_keys=False, width=120)


_COMMANDS: dict[str, Callable[[load.Stack, Plan], str]] = {
    "check": _check,
    "render": _render,
    "explain": lambda stack, plan: explain(stack.system, plan),
    "diagram": lambda _, plan: diagram(plan),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code: 0, or 1 when settings or contracts refuse the stack."""
    parser = argparse.ArgumentParser(prog="python -m components", description=__doc__)
    parser.add_argument("command", choices=sorted(_COMMANDS))
    parser.add_argument("--stack", required=True, help="NAME in Pulumi.NAME.yaml")
    parser.add_argument("--root", type=Path, default=load.ROOT, help="where the stack files and systems/ are")
    options = parser.parse_args(arguments)
    try:
        stack = load.decode(load.from_file(options.stack, options.root), options.root)
        print(_COMMANDS[options.command](stack, compose(stack.system)))
    except (SettingsRefused, ContractsBroken) as refused:
        print(refused, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        sys.stderr.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
