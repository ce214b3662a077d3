"""The prices section: what storage, compute, snapshots and backups cost where this stack runs.

The program knows no price: they differ by provider, region, contract and month. A stack states them with their source.
"""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from components.settings.mistakes import Misplaced, nearest
from components.settings.section import Section, rule
from components.settings.words import ObjectName


def _number(value: Any) -> Any:
    """A number of YAML as the decimal that was written, not as its neighbour in binary."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("allowed: a number, without quotes and without a currency")  # noqa: TRY004 (pydantic's)
    number = Decimal(str(value))
    if not number.is_finite() or number < 0:
        raise ValueError(f"allowed: a number from 0 on; found {value}")
    return number


def _share(value: Any) -> Any:
    number = _number(value)
    if number > 1:
        raise ValueError(f"allowed: a share from 0 to 1; found {value} (is it per cent?)")
    return number


Price = Annotated[Decimal, BeforeValidator(_number)]
"""In the section's currency."""

Share = Annotated[Decimal, BeforeValidator(_share)]


class Compute(Section):
    """A core and a GiB of memory for an hour, of what pods request; 0 where the nodes are paid already.

    `job_minutes` is how long a run of a CronJob takes, as an expectation: without it CronJobs aren't counted.
    """

    cpu: Price
    memory: Price
    job_minutes: int | None = Field(default=None, ge=1, le=1440)


class Snapshots(Section):
    """A GiB of snapshots for a month, and how many GiB there are: of each volume of the database the first one is
    `used` of its size, and each of the `kept` ones after it is `changed` of it (snapshots hold what changed).

    Without `kept` it is what `database.backup.snapshots` keeps, or one.
    """

    gib_month: Price
    kept: int | None = Field(default=None, ge=1, le=1000)
    used: Share = Decimal(1)
    changed: Share = Decimal(0)

    def gib(self, size: Decimal, kept: int) -> Decimal:
        """GiB of `kept` snapshots of a volume of `size` GiB."""
        return size * (self.used + self.changed * (kept - 1))


class Backups(Section):
    """A GiB for a month where backups go that is no claim of this stack, such as S3; `gib` of them are expected."""

    gib_month: Price
    gib: Price


class Prices(Section):
    """`storage` has a GiB for a month by storage class; `default_class` is what claims get that name none."""

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    source: Annotated[str, Field(min_length=10)]
    storage: dict[ObjectName, Price] = Field(min_length=1)
    default_class: ObjectName | None = None
    compute: Compute
    snapshots: Snapshots | None = None
    backups: Backups | None = None

    @rule
    def _default_is_priced(self) -> None:
        if self.default_class is not None and self.default_class not in self.storage:
            near = nearest(self.default_class, self.storage)
            raise Misplaced(
                f"allowed: a class with a price in `storage`: {', '.join(self.storage)}; found "
                f"{self.default_class}{f' ({near})' if near else ''}",
                "defaultClass",
            )
