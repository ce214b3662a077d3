"""What can be said of a plan's certificates before one is made: how long they live, and whether they contradict."""

from collections.abc import Iterable, Iterator

from components.manifest import Issued, Manifest, markers_in
from components.settings.mistakes import Mistake, SettingsRefused

AUTHORITY_DAYS = 3650
"""How long an authority is valid: ten years."""

LONGEST_DAYS = AUTHORITY_DAYS // 3
"""An authority is renewed in its last third, so what is valid for no longer than that never outlives its signer."""

LONGEST_NAME = 64
"""A name stands in the certificate as organization or common name: RFC 5280, appendix A.1, ub-organization-name."""


def early_renewal_hours(days: int) -> int:
    """How long before its end a certificate of `days` is renewed by the next `up`: the last third of its time."""
    return days * 24 // 3


def refuse_contradictions(manifests: Iterable[Manifest]) -> None:
    """Raise SettingsRefused where a name stands for two certificates, or where a certificate can't be made."""
    seen: dict[str, dict[tuple[str, tuple[str, ...], int], str]] = {}
    for manifest in manifests:
        for issued in markers_in(manifest.body):
            if isinstance(issued, Issued):
                said = seen.setdefault(issued.name, {})
                said.setdefault((issued.authority, issued.hosts, issued.days), f"{manifest.kind}/{manifest.name}")
    authorities = {authority for said in seen.values() for authority, _, _ in said}
    mistakes = [mistake for name, said in seen.items() for mistake in _of(name, said, authorities)]
    if mistakes:
        raise SettingsRefused(mistakes)


def _of(name: str, said: dict[tuple[str, tuple[str, ...], int], str], authorities: set[str]) -> Iterator[Mistake]:
    def mistake(found: str, allowed: str, do: str) -> Mistake:
        return Mistake("the plan", f"certificate {name}", found, allowed, do)

    if len(said) > 1:
        told = (
            f"{owner}: signed by {authority}, {days} days, for {', '.join(hosts) or 'no host'}"
            for (authority, hosts, days), owner in said.items()
        )
        yield mistake("; ".join(told), "one certificate of a name", "give the same to all, or another name to one")
    if name in authorities:
        yield mistake("an authority of that name", "a name of its own", "rename one of the two")
    if len(name) > LONGEST_NAME:
        yield mistake(f"a name of {len(name)} characters", f"up to {LONGEST_NAME} of them", "shorten it")
    for _, _, days in said:
        if not 1 <= days <= LONGEST_DAYS:
            yield mistake(
                f"valid for {days} days",
                f"1 to {LONGEST_DAYS} days, a third of its authority's time",
                "choose a number between them",
            )
