"""An observation as a client sends it."""

import json
from decimal import Decimal, InvalidOperation


class BadObservation(Exception):
    """A request's body is no observation. The text says what was expected."""


def observation(body: bytes) -> tuple[str, str]:
    """Symbol and price out of a JSON body. Raises BadObservation."""
    try:
        row = json.loads(body)
    except ValueError as error:
        raise BadObservation("the body is not JSON") from error
    if not isinstance(row, dict) or not isinstance(row.get("symbol"), str) or not 1 <= len(row["symbol"]) <= 32:
        raise BadObservation('the body must be an object such as {"symbol": "005930", "price": 71200}')
    if "\x00" in row["symbol"]:
        raise BadObservation("symbol holds a null character")
    try:
        price = Decimal(str(row.get("price")))
    except InvalidOperation as error:
        raise BadObservation("price is not a number") from error
    if not price.is_finite() or not 0 <= price < Decimal(10) ** 12:
        raise BadObservation("price must be from 0 to below 10^12")
    return row["symbol"], str(price)
