"""What one measurement found, and how it is printed."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """The values of one measurement, in `unit` ("s", "MiB", or "×" for a ratio); `target` is the issue's, in words."""

    name: str
    unit: str
    values: Sequence[float]
    target: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def worst(self) -> float:
        """The largest: of every unit here, less is better."""
        return max(self.values)

    def said(self, value: float) -> str:
        """`value` with the unit, in as many digits as mean something."""
        digits = 0 if self.unit == "MiB" else 2
        return f"{value:.{digits}f} {self.unit}".replace(" ×", "×")


def printed(figures: Iterable[Figure], console: Console | None = None) -> None:
    """Print a table, one line for each figure."""
    table = Table("what", "runs", "median", "worst", "target", title="Measured", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in figures:
        table.add_row(one.name, str(len(one.values)), one.said(one.median), one.said(one.worst), one.target)
    (console or Console(width=120)).print(table)
