"""Runs mutants and says what was caught: a line per family, every survivor, every false alarm."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts import verify
from tests.contracts.mutation import stacks
from tests.contracts.mutation.breaks import Mutant, mutants
from tests.contracts.mutation.excluded import Why, rule_for
from tests.contracts.mutation.facts import Facts

_FAMILIES = {
    "URLs": r"url ",
    "declarations": r"annotations\.contracts",
    "policies": r"^NetworkPolicy",
    "probes": r"Probe\b",
    "service accounts": r"^ServiceAccount|serviceAccountName",
    "security": r"ecurityContext|automount|hostPath|enableServiceLinks",
    "pull secrets": r"imagePullSecrets|dockerconfigjson",
    "claims": r"^PersistentVolumeClaim|claimName|volumeClaimTemplates",
    "selectors": r"matchLabels|\.selector|podAffinity|labelSelector",
    "labels": r"metadata\.labels",
    "paths": r"mountPath|_DIR\b|subPath",
    "ports": r"containerPort|targetPort|\bport\b|ports",
    "keys": r"(?:string)?[dD]ata\b|KeyRef\.key|items\[\]\.key",
    "variables": r"\benv(?:From)?\b",
    "volumes": r"volumes\b|volumeMounts",
    "names": r"metadata\.name|\bname\b",
}


def family(mutant: Mutant) -> str:
    """What a mutant breaks, for the table."""
    shape = f"{mutant.place.kind} {mutant.place.shape} {mutant.way}"
    return next((name for name, pattern in _FAMILIES.items() if re.search(pattern, shape)), "whole objects and others")


@dataclass
class Score:
    """What became of the mutants of some stacks."""

    caught: Counter[str] = field(default_factory=Counter)
    survivors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    excluded: Counter[tuple[str, str]] = field(default_factory=Counter)
    alarms: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        both = Score(self.caught + other.caught, self.survivors.copy(), self.excluded + other.excluded)
        for name, survivors in other.survivors.items():
            both.survivors[name] = both.survivors[name] + survivors
        both.alarms = self.alarms + other.alarms
        both.seconds = max(self.seconds, other.seconds)
        return both

    @property
    def lost(self) -> int:
        return sum(map(len, self.survivors.values()))

    def told(self) -> str:
        """The score as a table, then every survivor and every false alarm."""
        caught = sum(self.caught.values())
        lines = [f"{caught} of {caught + self.lost} broken references caught ({self.seconds:.0f} s)"]
        for name in sorted({*self.caught, *self.survivors}):
            lines.append(f"  {name:<26}{self.caught[name]:>6} of {self.caught[name] + len(self.survivors[name])}")
        lines.append(f"{sum(self.excluded.values())} mutants break no reference of the set, by rule:")
        for (reason, why), count in self.excluded.most_common():
            lines.append(f"  {count:>6}  {reason} ({why})")
        lines += [f"SURVIVED   {name}: {one}" for name, every in self.survivors.items() for one in every]
        lines += [f"FALSE ALARM {one}" for one in self.alarms[:40]]
        return "\n".join(lines)


def score(names: Iterable[str] = (), every: int = 1, first: int = 0) -> Score:
    """Break the stacks of these names, or all; `every` takes each so-manieth mutant, beginning with `first`."""
    result, began = Score(), time.perf_counter()
    for stack, objects in stacks.every().items():
        if not names or stack in names:
            if found := verify(objects):
                raise ValueError(f"{stack} does not hold before anything is broken: {found[0]}")
            facts = Facts(objects)
            for number, mutant in enumerate(mutants(objects)):
                if number % every == first:
                    _judge(result, stack, mutant, facts)
    result.seconds = time.perf_counter() - began
    return result


def _judge(result: Score, stack: str, mutant: Mutant, facts: Facts) -> None:
    rule = rule_for(mutant, facts)
    if rule is not None:
        result.excluded[rule.reason, rule.why.value] += 1
    if rule is not None and rule.why is not Why.HARMLESS:
        return
    found = verify(mutant.of(facts.objects))
    if rule is not None:
        if found:
            told = ", ".join(f"{v.contract} {v.object} {v.path}: {v.found}" for v in found[:2])
            result.alarms.append(f"{stack}: {mutant} ({rule.reason}): {told}")
    elif found:
        result.caught[family(mutant)] += 1
    else:
        result.survivors[family(mutant)].append(f"{stack}: {mutant}")
