"""Kubernetes quantities: `250m`, `1Gi`, `2`.

Source of the grammar: kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity.
"""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

_FACTORS = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1),
    "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9), "T": Decimal(10**12), "P": Decimal(10**15),
    "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40), "Pi": Decimal(2**50),
}  # fmt: skip
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(n|u|m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi|)")


def amount(quantity: str) -> Decimal:
    """The value of `quantity` in its base unit: cores for CPU, bytes for memory and storage.

    Raises ValueError for a text that Kubernetes would not read as a quantity.
    """
    match = _QUANTITY.fullmatch(quantity)
    if match is None:
        raise ValueError("allowed: a Kubernetes quantity such as 250m, 512Mi or 10Gi")
    return Decimal(match[1]) * _FACTORS[match[2]]


def mebibytes(quantity: str) -> int:
    """`quantity` in whole MiB, rounded down."""
    return int(amount(quantity) / 2**20)


def _text(value: object) -> object:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _positive(quantity: str) -> str:
    if amount(quantity) <= 0:
        raise ValueError("allowed: a quantity above zero")
    return quantity


def _size(quantity: str) -> str:
    # 64 (bytes) or 512m (half a byte!) is what one gets who forgets a unit: Kubernetes takes both.
    if amount(_positive(quantity)) < 2**20:
        raise ValueError("allowed: at least 1Mi; was the unit (Mi, Gi) forgotten?")
    return quantity


Quantity = Annotated[str, BeforeValidator(_text), AfterValidator(_positive)]
"""CPU or a count: above zero."""

Size = Annotated[str, BeforeValidator(_text), AfterValidator(_size)]
"""Memory or storage: at least 1Mi."""
