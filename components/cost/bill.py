"""What is asked for, at the stack's prices: lines with a sum."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from components.cost.asked import HOURS, Disk, Pods
from components.settings.mistakes import Mistake, SettingsRefused, nearest
from components.settings.prices import Prices

KINDS = ("storage", "compute", "snapshots", "backups")


@dataclass(frozen=True)
class Line:
    """What one object costs in a month: `amount` of `kind` at `price`, in words, is `cost`, exact."""

    kind: str
    name: str
    amount: str
    price: str
    cost: Decimal


def bill(stack: str, prices: Prices, disks: Sequence[Disk], pods: Sequence[Pods], kept: int) -> list[Line]:
    """A line for each object that costs something, or would if it had a price. `kept` is how many snapshots the stack
    keeps of each volume of the database, where the prices don't say.

    Raises SettingsRefused with every storage class that has none.
    """
    if mistakes := [_unpriced(stack, prices, disk) for disk in disks if _class_of(prices, disk) not in prices.storage]:
        raise SettingsRefused(mistakes)
    return [
        *(_stored(prices, disk) for disk in disks),
        *(_run(prices, one) for one in pods),
        *_snapshots(prices, disks, kept),
        *_backups(prices),
    ]


def total(lines: Iterable[Line]) -> Decimal:
    return sum((line.cost for line in lines), Decimal(0))


def plain(number: Decimal) -> str:
    """`number` with as many digits as it has, four behind the point at most."""
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return text or "0"


def _class_of(prices: Prices, disk: Disk) -> str:
    return disk.storage_class or prices.default_class or ""


def _unpriced(stack: str, prices: Prices, disk: Disk) -> Mistake:
    known = ", ".join(prices.storage)
    file = f"Pulumi.{stack}.yaml"
    if not disk.storage_class:
        found = f"{disk.name}, which names no storage class and gets the cluster's default one"
        do = "name the cluster's default class; `kubectl get storageclass` marks it"
        return Mistake(file, "prices.defaultClass", found, known, do)
    found = f"nothing for the class `{disk.storage_class}` of {disk.name}"
    do = nearest(disk.storage_class, prices.storage) or f"state what a GiB of {disk.storage_class} costs for a month"
    return Mistake(file, "prices.storage", found, f"a price for each class that claims name; there are {known}", do)


def _stored(prices: Prices, disk: Disk) -> Line:
    price = prices.storage[_class_of(prices, disk)]
    amount = f"{_times(disk.count)}{plain(disk.size)} GiB of {_class_of(prices, disk)}"
    return Line("storage", disk.name, amount, f"{plain(price)} a GiB", disk.gib * price)


def _run(prices: Prices, pods: Pods) -> Line:
    compute = prices.compute
    cost = pods.count * pods.hours * (pods.cpu * compute.cpu + pods.memory * compute.memory)
    hours = "" if pods.hours == HOURS else f" for {plain(pods.hours)} h"
    amount = f"{_times(pods.count)}{plain(pods.cpu)} cores, {plain(pods.memory)} GiB{hours}"
    price = "0: paid with the nodes"
    if compute.cpu or compute.memory:
        price = f"{plain(compute.cpu)} a core, {plain(compute.memory)} a GiB, an hour"
    return Line("compute", pods.name, amount, price, cost)


def _snapshots(prices: Prices, disks: Sequence[Disk], kept: int) -> list[Line]:
    snapshots = prices.snapshots
    if snapshots is None:
        return []
    kept = snapshots.kept or kept
    found = []
    for disk in (disk for disk in disks if disk.of_database):
        gib = snapshots.gib(disk.size, kept)
        amount = f"{_times(disk.count)}{plain(gib)} GiB, {kept} kept"
        cost = disk.count * gib * snapshots.gib_month
        found.append(Line("snapshots", disk.name, amount, f"{plain(snapshots.gib_month)} a GiB", cost))
    return found


def _backups(prices: Prices) -> list[Line]:
    backups = prices.backups
    if backups is None:
        return []
    price, cost = f"{plain(backups.gib_month)} a GiB", backups.gib * backups.gib_month
    return [Line("backups", "outside the cluster", f"{plain(backups.gib)} GiB expected", price, cost)]


def _times(count: int) -> str:
    return f"{count} × " if count != 1 else ""
