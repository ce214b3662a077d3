"""S04: a variable has one source.

What counts, and what doesn't: an entry of `env` over `envFrom` is how Kubernetes means it to be done (defaults for
all, one line for the exception, on the same page), so it is no finding. Two `envFrom` that bring the same name, or two
entries of `env` with it, are decided by their order alone, which nobody reads: a finding where the values differ, or
where one is secret and can't be compared.
"""

from collections import defaultdict
from collections.abc import Iterator

from contracts.environment import Variable
from contracts.index import Index
from contracts.objects import text
from contracts.violation import Violation
from contracts.workload import Container, Workload


def sources(index: Index) -> Iterator[Violation]:
    """S04, one finding for each pair of sources that share names."""
    for workload in index.workloads:
        for container in workload.containers:
            if len(container.env) > 1 or len(container.env_from) > 1:
                yield from _of(index, workload, container)


def _of(index: Index, workload: Workload, container: Container) -> Iterator[Violation]:
    variables = index.variables(workload, container)
    if len(variables) == len(index.environment(workload, container)):
        return  # No name is there twice.
    by_name: dict[str, list[Variable]] = defaultdict(list)
    for variable in variables:
        by_name[variable.name].append(variable)
    pairs: dict[tuple[str, str], list[tuple[Variable, Variable]]] = defaultdict(list)
    for several in by_name.values():
        if len(several) > 1:
            loser, winner = _last_two(several)
            if loser and winner and not _same(index, loser, winner) and not _builds_on(container, winner):
                pairs[loser.where, winner.where].append((loser, winner))
    for (_, where), found in pairs.items():
        yield _finding(workload, where, found)


def _last_two(several: list[Variable]) -> tuple[Variable | None, Variable | None]:
    """The last two that stand at the same level; an entry of env hides what envFrom brings, on purpose."""
    level = [v for v in several if ".envFrom[" not in v.where] or several
    return (level[-2], level[-1]) if len(level) > 1 else (None, None)


def _same(index: Index, one: Variable, other: Variable) -> bool:
    if one.source is not None and (one.source, one.key) == (other.source, other.key):
        return True
    values = [_value(index, variable) for variable in (one, other)]
    return values[0] is not None and values[0] == values[1]


def _value(index: Index, variable: Variable) -> str | None:
    if variable.source is not None and variable.secret:
        return index.sources.secret_value(variable.source, variable.key)
    return variable.value


def _builds_on(container: Container, winner: Variable) -> bool:
    """Whether the later entry takes the earlier one up: `PATH: $(PATH):/more`."""
    own = f"$({winner.name})"
    return any(text(e.get("name")) == winner.name and own in text(e.get("value")) for e in container.env)


def _finding(workload: Workload, where: str, found: list[tuple[Variable, Variable]]) -> Violation:
    loser, winner = found[0]
    names = ", ".join(sorted(pair[0].name for pair in found))
    several = "each" if len(found) > 1 else "it"
    return Violation(
        "S04",
        workload.ref,
        where,
        found=f"{names}: from {_told(loser)}, and from {_told(winner)}",
        expected=f"one source for {several}",
        because=f"the later one wins, here {_told(winner)}, by nothing but its place in the list",
        fix=f"take {names} out of one of the two, or set {several} under env, which always wins",
    )


def _told(variable: Variable) -> str:
    return f"{variable.source.kind} {variable.source.name}" if variable.source else variable.where.rpartition(".")[2]
