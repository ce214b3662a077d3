"""PostgreSQL's parameters, computed from the limits of its container.

The rules are pgtune's for a web application on SSD (le0pard/pgtune@7caef27, configurationSlice.js), with two
departures that containers ask for: huge_pages off, because a pod that asks for none gets a bus error where the
node has some (cloudnative-pg#428), and max_wal_size within a quarter of the volume, because a full one stops the
server (cloudnative-pg#8791).
"""

from components.settings.database import Database
from components.settings.monitoring import STATEMENTS, counts_statements
from components.settings.quantity import amount
from components.settings.schema import LIBRARIES, preloaded

_MIB = 1024  # kB: pgtune counts in kB
_GIB = 1024 * _MIB


def _memory(kilobytes: int) -> str:
    """`kilobytes` in the largest unit that writes it without a fraction."""
    for unit, size in (("GB", _GIB), ("MB", _MIB)):
        if kilobytes % size == 0:
            return f"{kilobytes // size}{unit}"
    return f"{kilobytes}kB"


def _wal_buffers(shared_buffers: int) -> int:
    """3 % of shared_buffers, between 32 kB and 16 MB, and the full 16 MB when it is nearly that."""
    share = shared_buffers * 3 // 100
    if share > 14 * _MIB:
        return 16 * _MIB
    return max(32, share)


def _parallel(cores: int) -> dict[str, str]:
    if cores < 4:
        return {}
    gather = str(min(4, -(-cores // 2)))
    return {
        "max_worker_processes": str(cores),
        "max_parallel_workers": str(cores),
        "max_parallel_workers_per_gather": gather,
        "max_parallel_maintenance_workers": gather,
    }


def _loaded(database: Database) -> list[str]:
    """The libraries that the server loads at its start: for the schema's extensions, and to count statements."""
    counts = counts_statements(database.topology, database.monitoring)
    return list(dict.fromkeys([*preloaded(database.schema_), *([STATEMENTS] if counts else [])]))


def computed(database: Database) -> dict[str, str]:
    """The parameters for this database's limits, before its own `parameters` override them."""
    limits = database.resources.limits
    memory = int(amount(limits.memory) / 1024)
    cores = max(1, int(amount(limits.cpu)))
    shared_buffers = memory // 4
    maintenance = min(memory // 16, 8 * _GIB)
    workers = cores if cores >= 4 else 8
    work_mem = max(4 * _MIB, (memory - shared_buffers) // ((database.max_connections + workers) * 3))
    volume = int(amount(database.storage.size) / 1024)
    max_wal = min(4 * _GIB, volume // 4 // _MIB * _MIB)
    parameters = {
        "max_connections": str(database.max_connections),
        "shared_buffers": _memory(shared_buffers),
        "effective_cache_size": _memory(memory * 3 // 4),
        "maintenance_work_mem": _memory(maintenance),
        "wal_buffers": _memory(_wal_buffers(shared_buffers)),
        "work_mem": _memory(work_mem),
        "min_wal_size": _memory(min(_GIB, max_wal // 4 // _MIB * _MIB)),
        "max_wal_size": _memory(max_wal),
        "checkpoint_completion_target": "0.9",
        "default_statistics_target": "100",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        "huge_pages": "off",
        "jit": "off",
        "wal_compression": "lz4" if database.version >= 15 else "on",
        **_parallel(cores),
    }
    if libraries := _loaded(database):
        parameters[LIBRARIES] = ", ".join(libraries)
    if maintenance >= 2 * _GIB:
        parameters["autovacuum_work_mem"] = "2GB"
    if cores >= 16:
        parameters["autovacuum_max_workers"] = "5" if cores >= 32 else "4"
    return parameters
