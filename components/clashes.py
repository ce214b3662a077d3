"""Objects that two make under one name: names are derived (`<app>-migration`), so two chosen apart may still meet."""

from collections.abc import Iterable, Iterator

from components.manifest import Manifest, Reference
from components.settings.mistakes import Mistake, SettingsRefused

Made = tuple[str, Manifest]
"""Who makes it, in words, and the object."""


def refuse_clashes(made: Iterable[Made], context: Iterable[Manifest]) -> None:
    """Raise SettingsRefused where one object is made twice, or by others too, whose objects are the `context`."""
    objects = list(made)
    if found := [*_among_our_own(objects), *_with_theirs(objects, context)]:
        raise SettingsRefused(found)


def _among_our_own(made: list[Made]) -> Iterator[Mistake]:
    owners: dict[Reference, list[str]] = {}
    for owner, manifest in made:
        owners.setdefault(manifest.reference, []).append(owner)
    for (kind, name), found in owners.items():
        if len(found) > 1:
            what, allowed = f"one object, made by {' and by '.join(found)}", "an object of one part only"
            yield Mistake("the plan", f"{kind}/{name}", what, allowed, "rename one of the two")


def _with_theirs(made: list[Made], context: Iterable[Manifest]) -> Iterator[Mistake]:
    """Two stacks that make one object would undo each other's changes; a namespace that is adopted is everybody's."""
    theirs = {_place(manifest) for manifest in context if not manifest.adopted}
    for owner, manifest in made:
        if _place(manifest) in theirs:
            what = f"one object, made by {owner} and by whoever runs the database"
            do = "rename the app, or set its `config` or `secret` to another name"
            yield Mistake("the plan", f"{manifest.kind}/{manifest.name}", what, "an object that one of them makes", do)


def _place(manifest: Manifest) -> tuple[str, str | None, str]:
    return manifest.reference[0], manifest.namespace, manifest.name
