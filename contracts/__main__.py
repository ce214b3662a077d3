"""`python -m contracts FILE… | -`: judge anybody's manifests; exit 0: they hold, 1: broken, 2: unusable."""

import argparse
import gc
import sys
from collections.abc import Callable
from typing import Any

import yaml

from contracts import Report, Waiver, judge
from contracts.fronts import directories, live, machine, mermaid, read, text, tracked
from contracts.index import Index
from contracts.placing import placed

FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text.told,
    "json": machine.as_json,
    "sarif": machine.as_sarif,
    "github": machine.as_github,
}


DIAGRAM = "mermaid"
"""The format that shows the whole set, and what is broken in it."""


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m contracts", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="YAML or JSON, or a directory; - for standard input")
    parser.add_argument(
        "--namespace", help="judge this namespace of a live cluster; with FILE: where objects go that name none"
    )
    parser.add_argument("--context", help="the kubeconfig context of the live cluster")
    parser.add_argument(
        "--open", action="store_true", help="objects outside the set are expected: undecided is no error"
    )
    parser.add_argument("--waivers", help="a YAML list of {contract, object, reason}")
    parser.add_argument("--format", choices=sorted({*FORMATS, DIAGRAM}), default="text")
    options = parser.parse_args(words)
    if not options.files and not options.namespace:
        parser.error("give FILEs, - for standard input, or --namespace NS for a live one")
    return options


def _waivers(file: str | None) -> list[Waiver]:
    if file is None:
        return []
    content = [document.content for document in read.documents(file)]
    entries = content[0] if content else []
    try:
        return [Waiver(**entry) for entry in entries or []]
    except TypeError as error:
        raise read.Unusable(f"{file}: a list of {{contract, object, reason}} is expected") from error


def _judged(options: argparse.Namespace, waivers: list[Waiver]) -> tuple[Report, str]:
    """The verdict, and the text to print."""
    if not options.files:
        found = live.objects(options.namespace, options.context)
        report = judge(found, waivers=waivers, open_set=options.open, default_namespace=options.namespace)
        return report, _text(options, report, found, options.namespace)
    by_file = read.placed(_manifests(options.files))
    found = [content for _, content in by_file]
    namespace, told = (options.namespace, "") if options.namespace else placed(found)
    if told:
        print(f"note: {told}", file=sys.stderr)
    committed = tracked.committed(by_file, namespace)
    report = judge(found, waivers=waivers, open_set=options.open, default_namespace=namespace, committed=committed)
    return report, _text(options, report, found, namespace)


def _manifests(given: list[str]) -> list[str]:
    if not (found := directories.opened(given)):
        raise read.Unusable(f"{', '.join(given)}: no manifest in there")
    return found


def _text(options: argparse.Namespace, report: Report, objects: list[Any], namespace: str) -> str:
    if options.format != DIAGRAM:
        return FORMATS[options.format](report)
    red = report.broken if options.open else [*report.broken, *report.undecided]
    return mermaid.flowchart(Index(objects, namespace), red)


def main(words: list[str] | None = None) -> int:
    """Judge, print, and return the exit code."""
    options = _arguments(words)
    try:
        waivers = _waivers(options.waivers)
        report, said = _judged(options, waivers)
    except (read.Unusable, yaml.YAMLError) as error:
        print(error, file=sys.stderr)
        return 2
    except RecursionError:
        print("an object is nested too deeply to be one of Kubernetes", file=sys.stderr)
        return 2
    print(said)
    return 0 if report.holds else 1


if __name__ == "__main__":
    # What is read stays until the end: to look for garbage in it is a third of the time, and there is none.
    gc.disable()
    sys.exit(main())
