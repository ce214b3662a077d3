"""How a scene is written: what happens to a database, and which alerts it must give, those named and no other.

Alerts whose `for` is 5 minutes and whose series are bad from the start fire at minute 5; `at` is when one looks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from components.observability import Rule
from components.postgres.monitoring.dashboard import Panel
from tests.rules.series import NAMESPACE, Change, Labels, Series


@dataclass(frozen=True)
class Alert:
    """One that fires: the labels that it has beside its severity, and what it says."""

    name: str
    summary: str
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """A sentence, what differs from health, after how many minutes one looks, and what fires then."""

    name: str
    changes: tuple[Change, ...] = ()
    fires: tuple[Alert, ...] = ()
    at: int = 15


@dataclass(frozen=True)
class Suite:
    """A database of one topology: its alerts, its series while it is well, and what may happen to it.

    `fresh`: minutes for which it is well if nothing new happens; later a backup is missed.
    """

    topology: str
    service: str
    rules: list[Rule]
    panels: list[Panel]
    healthy: Callable[[int], list[Series]]
    loud: tuple[Scene, ...]
    quiet: tuple[Scene, ...]
    fresh: int

    def named(self, name: str) -> Rule:
        """The rule of one alert."""
        (rule,) = (rule for rule in self.rules if rule.alert == name)
        return rule


def of(pod: str, **more: str) -> Labels:
    return {"namespace": NAMESPACE, "pod": pod, **more}


def each(metric: str, value: str | float, *pods: str) -> tuple[Change, ...]:
    return tuple(Change(metric, value, {"pod": pod}) for pod in pods)
