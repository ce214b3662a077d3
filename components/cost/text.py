"""The bill of a stack as a table."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from components.compose import Plan
from components.cost.asked import HOURS, disks, pods
from components.cost.bill import KINDS, Line, bill, total
from components.settings.mistakes import Mistake, SettingsRefused
from components.settings.prices import Prices
from components.settings.system import System
from components.table import table


def cost(stack: str, system: System, plan: Plan, width: int | None = None) -> str:
    """What `plan` costs in a month, object by object, in lines of `width` where that is given.

    Raises SettingsRefused where the stack states no prices, or none for what it uses.
    """
    prices = system.prices
    if prices is None:
        do = "a `prices:` section in the system's file or the stack's; docs/cost.md has one to start from"
        file = f"Pulumi.{stack}.yaml"
        raise SettingsRefused([Mistake(file, "prices", "nothing", "what things cost where this stack runs", do)])
    taken = system.database.backup.snapshots if system.database.backup else None
    asked = disks(plan.manifests), pods(plan.manifests, prices.compute.job_minutes)
    kept = taken.count if taken else 1
    lines = bill(stack, prices, *asked, kept)
    sum_ = total(lines)
    told = [
        f"{stack}: {_money(sum_)} {prices.currency} a month of {HOURS} h, for what is requested",
        f"  prices: {prices.source}",
        "",
        *table(_rows(lines, sum_), width=width, cut=[1]),
        "",
    ]
    notes = [*_unpriced(system, prices), *_uncounted(plan, prices)]
    if prices.snapshots and not prices.snapshots.changed and (prices.snapshots.kept or kept) > 1:
        notes.insert(
            0, "snapshots after the first cost nothing here: prices.snapshots.changed says what changes between"
        )
    return "\n".join([*told, *(f"  note   {note}" for note in notes)])


def _rows(lines: Sequence[Line], sum_: Decimal) -> list[tuple[str, ...]]:
    rows = [("", "OBJECT", "AMOUNT", "COST", "SHARE", "AT")]
    for line in lines:
        share = f"{line.cost * 100 / sum_:.0f} %" if sum_ else "–"
        rows.append((line.kind, line.name, line.amount, _money(line.cost), share, line.price))
    rows.append(("sum", _by_kind(lines), "", _money(sum_), "", ""))
    longest = max(len(row[3]) for row in rows)
    return [(*row[:3], row[3].rjust(longest), row[4].rjust(5), row[5]) for row in rows]


def _by_kind(lines: Sequence[Line]) -> str:
    found = {kind: [line for line in lines if line.kind == kind] for kind in KINDS}
    return " + ".join(f"{kind} {_money(total(of))}" for kind, of in found.items() if of)


def _money(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _unpriced(system: System, prices: Prices) -> list[str]:
    """What the stack takes and states no price of."""
    own = system.database.backup
    to_s3 = bool(own and own.dumps and own.dumps.s3) or (system.database.is_shared and system.database.shared.backup)
    notes = []
    if own and own.snapshots and prices.snapshots is None:
        notes.append("snapshots are not counted: prices.snapshots says what a GiB of them costs")
    if to_s3 and prices.backups is None:
        notes.append("backups in S3 are not counted: prices.backups says what a GiB costs, and how many are expected")
    return notes


def _uncounted(plan: Plan, prices: Prices) -> list[str]:
    """What costs something and is not in the sum."""
    notes = []
    for one in plan.manifests:
        if one.kind == "CronJob" and prices.compute.job_minutes is None:
            notes.append(f"CronJob {one.name} is not counted: prices.compute.jobMinutes says how long a run takes")
        elif one.kind == "Pooler":
            notes.append(f"Pooler {one.name} is not counted: it requests nothing")
    return [*notes, "not in it: Jobs that run once, traffic between zones, transactions and tiers of disks, addresses"]
