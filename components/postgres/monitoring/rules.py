"""Alerts that every topology has, and what each alert carries."""

from collections.abc import Iterable
from dataclasses import replace

from components.observability import Rule
from components.postgres.monitoring.watched import Watched
from components.settings.quantity import amount
from components.settings.thresholds import Levels, Thresholds
from components.settings.workload import Amounts

PAGE = "docs/alerts.md"
"""Where each alert has a section of its name."""


def levels(alert: str, expression: str, levels: Levels, summary: str) -> list[Rule]:
    """A warning and a critical alert."""
    pairs = (("Warning", levels.warning), ("Critical", levels.critical))
    return [Rule(f"{alert}{word}", f"{expression} > {level:g}", "5m", word.lower(), summary) for word, level in pairs]


def disk(watched: Watched, thresholds: Thresholds) -> list[Rule]:
    """By the kubelet's metrics of volumes."""
    free, size = (f"kubelet_volume_stats_{what}_bytes{{{watched.claims}}}" for what in ("available", "capacity"))
    used = f"100 * max by (persistentvolumeclaim) (1 - {free} / {size})"
    full = "The volume {{ $labels.persistentvolumeclaim }} is {{ $value | printf `%.0f` }} % full."
    return levels("PostgresDisk", used, thresholds.disk, full)


def used_cpu(watched: Watched) -> str:
    """CPU seconds a second, by pod (cadvisor's, which the kubelet serves)."""
    own = f'container="{watched.container}"'
    return f"sum by (pod) (rate({watched.of('container_cpu_usage_seconds_total', own)}[5m]))"


def used_memory(watched: Watched) -> str:
    """Bytes by pod that are not reclaimed at once: what the kubelet compares with the limit."""
    own = f'container="{watched.container}"'
    return f"max by (pod) ({watched.of('container_memory_working_set_bytes', own)})"


def resources(watched: Watched, thresholds: Thresholds, limits: Amounts) -> list[Rule]:
    """Percent of the limits that the pod is made with: no metric of what the same settings say."""
    cpu = f"100 * {used_cpu(watched)} / {amount(limits.cpu):f}"
    memory = f"100 * {used_memory(watched)} / {amount(limits.memory):f}"
    used = "{{ $labels.pod }} uses {{ $value | printf `%.0f` }} % of its"
    return [
        Rule("PostgresCpu", f"{cpu} > {thresholds.cpu:g}", "15m", "warning", f"{used} CPU."),
        Rule("PostgresMemory", f"{memory} > {thresholds.memory:g}", "15m", "warning", f"{used} memory."),
    ]


def with_runbooks(rules: Iterable[Rule], place: str | None) -> list[Rule]:
    """Each alert with where its section is: at the address `place`, or in the repository. A heading's anchor is its
    text in lower case."""
    if place is not None:
        return [replace(rule, runbook=f"{place}#{rule.alert.lower()}") for rule in rules]
    return [replace(rule, description=f"What to do: {PAGE}, {rule.alert}") for rule in rules]


def sessions(watched: Watched, thresholds: Thresholds, open_for: str, oldest: str, deadlocks: str) -> list[Rule]:
    """What sessions do to each other, by the metrics of these names: seconds that a transaction is open, transactions
    since the oldest one of a database, deadlocks since ever."""
    # What grew within five minutes: after ten of a lifetime the counter itself would alert for ever.
    dead = f"sum by (datname) (increase({watched.of(deadlocks)}[5m]))"
    seen, where = "{{ $value | printf `%.0f` }}", "{{ $labels.datname }}"
    kept = f"max by (pod, datname, usename) ({watched.of(open_for)}) > {thresholds.transaction}"
    aged = f"max by (datname) ({watched.of(oldest)}) > {thresholds.transaction_ids}"
    waits = f"A transaction of {{{{ $labels.usename }}}} in {where} is open for {seen} s."
    old = f"The oldest transaction id of {where} is {seen} transactions old."
    locked = f"{seen} deadlocks in {where} within 5 minutes."
    return [
        Rule("PostgresLongTransaction", kept, "1m", "warning", waits),
        Rule("PostgresTransactionIds", aged, "1m", "warning", old),
        Rule("PostgresDeadlocks", f"{dead} > {thresholds.deadlocks}", "1m", "warning", locked),
    ]
