"""Progress that is visible all along: each step says what it does, what it waits for, and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

REMIND_AFTER = 15.0
"""Seconds after which a step that is still running without a terminal prints a further line."""


@dataclass
class Step:
    """One step under way. `waiting_for` says in words what it waits for right now."""

    title: str
    console: Console
    began: float = field(default_factory=time.monotonic)
    last_said: float = field(default_factory=time.monotonic)
    status: object = None

    def waiting_for(self, what: str) -> None:
        """Show what this step waits for; without a terminal, at most one line each REMIND_AFTER seconds."""
        text = f"{self.title}: {what}"
        if self.console.is_terminal and self.status is not None:
            self.status.update(text)  # type: ignore[attr-defined]
        elif time.monotonic() - self.last_said >= REMIND_AFTER:
            self.last_said = time.monotonic()
            self.console.print(
                f"  … {text} ({self.last_said - self.began:.0f} s so far)", highlight=False, soft_wrap=True
            )


class Progress:
    """The steps of one command, printed as they happen and once more as a table at the end."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        self.took: list[tuple[str, float]] = []

    @contextmanager
    def step(self, title: str, why_long: str = "", *, streams: bool = False) -> Iterator[Step]:
        """Run one step. `why_long` is said at its start where it may take more than a few seconds.

        `streams` says that another program writes to the terminal meanwhile, which a spinner would garble.
        """
        self.console.print(
            f"[bold]·[/] {title}" + (f" [dim]({why_long})[/]" if why_long else ""), highlight=False, soft_wrap=True
        )
        step = Step(title, self.console)
        try:
            if streams:
                yield step
            else:
                with self.console.status(title) as step.status:
                    yield step
        except BaseException:
            self.console.print(
                f"  [red]failed[/] after {time.monotonic() - step.began:.1f} s", highlight=False, soft_wrap=True
            )
            raise
        seconds = time.monotonic() - step.began
        self.took.append((title, seconds))
        self.console.print(f"  [green]done[/] in {seconds:.1f} s", highlight=False, soft_wrap=True)

    def table(self) -> None:
        """Print what each step took, in seconds, and their sum."""
        table = Table("step", "seconds", title="Time", title_justify="left")
        for title, seconds in self.took:
            table.add_row(title, f"{seconds:.1f}")
        table.add_row("all", f"{sum(seconds for _, seconds in self.took):.1f}")
        self.console.print(table)
