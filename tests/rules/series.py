"""Series as promtool reads them, and what may be different about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

NAMESPACE = "databases"

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Series:
    """One series in promtool's notation of values: `1x60` is 1 and 60 times 1 again, a minute apart."""

    metric: str
    labels: Labels
    values: str

    @property
    def definition(self) -> dict[str, str]:
        """The series in a file of promtool."""
        labels = ",".join(f'{name}="{value}"' for name, value in self.labels.items())
        return {"series": f"{self.metric}{{{labels}}}", "values": self.values}


@dataclass(frozen=True)
class Change:
    """Other values for every series of `metric` that has these labels, for the whole time or as promtool notes them;
    and other labels, where `moved` names some."""

    metric: str
    values: str | float
    labels: Labels = field(default_factory=dict)
    moved: Labels = field(default_factory=dict)

    def applied(self, series: list[Series], minutes: int) -> list[Series]:
        """`series` with the change in it. Raises LookupError where it changes none."""
        values = self.values if isinstance(self.values, str) else f"{self.values}x{minutes}"
        fits = [one.metric == self.metric and self.labels.items() <= one.labels.items() for one in series]
        if not any(fits):
            raise LookupError(f"no series of {self.metric} has {dict(self.labels)}")
        return [
            replace(one, values=values, labels={**one.labels, **self.moved}) if fit else one
            for one, fit in zip(series, fits, strict=True)
        ]
