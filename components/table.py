"""Rows of cells as lines: columns one below the other, within a terminal where there is one."""

import os
import shutil
import sys
import textwrap
from collections.abc import Collection, Iterable, Sequence

_NARROWEST = 24
"""Characters that a column keeps, however narrow the terminal."""


def terminal_width() -> int | None:
    """The columns of the terminal that standard output is; None for a pipe or a file, where nothing is cut.

    COLUMNS in the environment counts as a terminal of that width, as for other commands.
    """
    if not (sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()):
        return None
    return max(40, shutil.get_terminal_size().columns)


def table(
    rows: Iterable[Sequence[str]], indent: str = "  ", *, width: int | None = None, cut: Collection[int] = ()
) -> list[str]:
    """Lines of `width` characters, as far as that goes: the last column goes on below itself, the columns `cut` end
    with `…`, the others are told in full. Without `width` all are, each row on one line."""
    rows = list(rows)
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if width is not None:
        widths = _narrowed(widths, {*cut, len(widths) - 1}, width - len(indent) - 2 * (len(widths) - 1))
    return [f"{indent}{line}".rstrip() for row in rows for line in _lines(row, widths)]


def _narrowed(widths: list[int], elastic: Collection[int], room: int) -> list[int]:
    """The widest of the `elastic` columns get narrower, until all fit in `room` or are as narrow as they may be."""
    widths = list(widths)
    while sum(widths) > room and max(widths[column] for column in elastic) > _NARROWEST:
        widths[max(elastic, key=widths.__getitem__)] -= 1
    return widths


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    *cells, last = row
    head = [_cut(cell, width).ljust(width) for cell, width in zip(cells, widths, strict=False)]
    parts = (
        [last]
        if len(last) <= widths[-1]
        else textwrap.wrap(last, widths[-1], break_on_hyphens=False, break_long_words=False)
    )
    for number, part in enumerate(parts):
        yield "  ".join([*(head if number == 0 else [" " * len(cell) for cell in head]), part])


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else f"{cell[: width - 1]}…"
