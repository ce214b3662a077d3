"""How a server gets its first data from an archive: an init container, or variables for Patroni's own bootstrap."""

import datetime
from typing import Any

from components.pod import container, requirements
from components.postgres.wal import environment
from components.postgres.wal.server import SOURCE_AUTHORITY, Archiving
from components.settings.wal import PGBACKREST_FILES, WalRecovery


def init_containers(
    archiving: Archiving, image: str, env_from: list[dict[str, Any]], mounts: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The one that fills an empty data directory, with the server's `image`, user and `mounts`; `env_from` tells the
    superuser. None where nothing is to be recovered."""
    database = archiving.database
    wanted = database.recovery
    if database.wal is None or wanted is None:
        return []
    return [
        container(
            "recover",
            image,
            command=["sh", f"{PGBACKREST_FILES}/restore.sh"],
            envFrom=[*env_from, *archiving.env_from],
            env=[
                {"name": "RECOVERED_FROM", "value": wanted.told(database.service)},
                *archiving.credentials[1],
                *variables(archiving),
            ],
            resources=requirements(database.resources),
            mounts=[*mounts, *archiving.mounts],
        )
    ]


def variables(archiving: Archiving) -> list[dict[str, Any]]:
    """Of who recovers, each instead of the one of its own archive (scripts/source.sh)."""
    wanted = archiving.database.recovery
    if wanted is None:
        return []
    found = [*environment.written(_differences(archiving, wanted)), *archiving.others_credentials[1]]
    return [{**variable, "name": f"SOURCE_{variable['name']}"} for variable in found]


def _differences(archiving: Archiving, wanted: WalRecovery) -> dict[str, str]:
    """The options of the recovery that the archive's own aren't: where it reads, and where it ends."""
    server = wanted.source(archiving.database.service)
    if archiving.other is not None:
        place = environment.store(archiving.other, server, SOURCE_AUTHORITY)
    else:
        place = {"REPO1_PATH": environment.path(archiving.database.wal.s3, server)} if archiving.database.wal else {}
    return {option: value for option, value in place.items() if archiving.options.get(option) != value} | _target(
        wanted
    )


def _target(recovery: WalRecovery) -> dict[str, str]:
    """Where it ends (pgbackrest.org, «Restore Command»); without a target it plays all that was archived."""
    found = {"SET": recovery.backup} if recovery.backup else {}
    if (target := recovery.target) is None:
        return found
    if target.immediate:
        return found | {"TYPE": "immediate", "TARGET_ACTION": "promote"}
    moment = datetime.datetime.fromisoformat(target.time).astimezone(datetime.UTC) if target.time else None
    kinds = {
        "time": moment.strftime("%Y-%m-%d %H:%M:%S.%f+00") if moment else None,
        "lsn": target.lsn,
        "xid": str(target.xid) if target.xid else None,
        "name": target.name,
    }
    kind, value = next((kind, value) for kind, value in kinds.items() if value)
    exclusive = {"TARGET_EXCLUSIVE": "y"} if target.exclusive else {}
    return found | {"TYPE": kind, "TARGET": value, "TARGET_ACTION": "promote", **exclusive}
