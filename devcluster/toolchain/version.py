"""Versions as programs print them."""

import re


def parse(text: str) -> tuple[int, int, int] | None:
    """The first version in `text` as (major, minor, patch), 0 for what it leaves out; None where there is none.

    A pre-release counts as its release: `go1.26rc1` is (1, 26, 0).
    """
    match = re.search(r"(\d+)(?:\.(\d+))(?:\.(\d+))?|^v?(\d+)$", text)
    if match is None:
        return None
    major, minor, patch, alone = match.groups()
    return (int(major or alone), int(minor or 0), int(patch or 0))
