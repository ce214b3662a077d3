"""Patroni's configuration: what each member reads from its file, and what all share through etcd.

Every parameter of PostgreSQL, and pg_hba.conf, are in the shared part: changing one rolls no pod. Sources:
patroni.readthedocs.io, «YAML Configuration Settings» and «Dynamic Configuration Settings» (4.1).
"""

import json
from typing import Any

import yaml

from components.postgres.configuration import (
    PORT,
    SOCKETS,
    archived,
    archivist,
    common,
    everybody,
)
from components.postgres.replicated.addresses import PATRONI, Addresses
from components.settings.database import Database
from components.settings.quantity import mebibytes
from components.settings.replicated import REPLICATION, REWIND
from components.settings.wal import PGBACKREST_FILES

DIRECTORY = "/etc/patroni"
TLS = f"{DIRECTORY}/tls"
ETCD_USER = "patroni"

_CERTIFICATE, _KEY, _AUTHORITY = f"{TLS}/tls.crt", f"{TLS}/tls.key", f"{TLS}/ca.crt"

_SYNCHRONOUS: dict[str, dict[str, Any]] = {
    "off": {"synchronous_mode": False},
    "on": {"synchronous_mode": True},
    "strict": {"synchronous_mode": True, "synchronous_mode_strict": True},
    "quorum": {"synchronous_mode": "quorum"},
}


def data_directory(database: Database) -> str:
    """PGDATA below the volume, where Spilo has it too."""
    return f"{database.replicated.data}/pgroot/data"


def programs(database: Database) -> str:
    """Where the image keeps PostgreSQL's programs; Debian's path, which Spilo shares."""
    return database.replicated.programs or f"/usr/lib/postgresql/{database.version}/bin"


def _parameters(database: Database) -> dict[str, str]:
    """What replication, and TLS for every connection, ask for. WAL that a lost standby's slot holds back may take half
    of what max_wal_size leaves of the volume: after that the standby is copied anew, and the primary goes on."""
    volume = mebibytes(database.storage.size)
    members = database.replicated.members
    replication = {
        "wal_level": "replica",
        "hot_standby": "on",
        "wal_log_hints": "on",  # for pg_rewind, also where the data came without checksums
        "max_wal_senders": str(2 * members + 4),
        "max_replication_slots": str(2 * members + 4),
        "max_slot_wal_keep_size": f"{volume * 3 // 8}MB",
        "wal_sender_timeout": "10s",
        "wal_receiver_timeout": "10s",
        "wal_receiver_status_interval": "2s",
        # A client that went away, or whose node did, does not hold its locks for the two hours of the kernel's default.
        "tcp_keepalives_idle": "30",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
        "client_connection_check_interval": "10s",
    }
    tls = {
        "ssl": "on",
        "ssl_cert_file": _CERTIFICATE,
        "ssl_key_file": _KEY,
        "ssl_ca_file": _AUTHORITY,
        "ssl_min_protocol_version": "TLSv1.2",
    }
    return common(database) | replication | tls | archived(database) | database.parameters


def _pg_hba(database: Database) -> list[str]:
    """Everybody by password, and from outside the pod by TLS only."""
    roles = database.roles
    rows = [
        ("local", "all", "all", "", "scram-sha-256"),
        ("local", "replication", REPLICATION, "", "scram-sha-256"),
        ("hostssl", database.name, everybody(database, either_login=bool(database.rotations)), "all", "scram-sha-256"),
        ("hostssl", "all", roles.superuser, "all", "scram-sha-256"),
        ("hostssl", "replication", REPLICATION, "all", "scram-sha-256"),
        ("hostssl", "postgres", REWIND, "all", "scram-sha-256"),
    ]
    if database.replicated.exporter:
        rows.append(("host", "postgres", roles.monitor, "127.0.0.1/32", "scram-sha-256"))
    rows = [*archivist(database, "hostssl"), *rows]
    return [" ".join(column for column in row if column) for row in rows]


def dynamic(database: Database) -> dict[str, Any]:
    """The configuration in etcd, the same for all members."""
    settings = database.replicated
    return {
        "ttl": settings.ttl,
        "loop_wait": settings.loop_wait,
        "retry_timeout": settings.retry_timeout,
        "maximum_lag_on_failover": mebibytes(settings.maximum_lag_on_failover) * 2**20,
        # PostgreSQL that crashed beside a living Patroni: a standby takes over at once instead of waiting 5 minutes
        # for a recovery that may need them.
        "primary_start_timeout": 0,
        # etcd gone, all members in touch: the primary stays one.
        "failsafe_mode": True,
        **_SYNCHRONOUS[settings.synchronous],
        "postgresql": {
            "use_pg_rewind": True,
            "use_slots": True,
            "remove_data_directory_on_rewind_failure": True,
            "remove_data_directory_on_diverged_timelines": True,
            "parameters": _parameters(database),
            "pg_hba": _pg_hba(database),
        },
    }


def _local(addresses: Addresses) -> dict[str, Any]:
    database = addresses.database
    to_members = {"sslmode": "verify-full", "sslrootcert": _AUTHORITY}
    return {
        "scope": database.scope,
        "namespace": "/service/",
        "log": {"level": "INFO"},
        "restapi": {
            "listen": f"0.0.0.0:{PATRONI}",
            "certfile": _CERTIFICATE,
            "keyfile": _KEY,
            "cafile": _AUTHORITY,
            # Whoever changes something shows a certificate; HAProxy and the kubelet, which only ask, need none.
            "verify_client": "optional",
        },
        "ctl": {"certfile": _CERTIFICATE, "keyfile": _KEY, "cacert": _AUTHORITY},
        "etcd3": {
            "hosts": addresses.etcd_clients,
            "protocol": "https",
            "cacert": _AUTHORITY,
            "cert": _CERTIFICATE,
            "key": _KEY,
            "username": ETCD_USER,
        },
        "postgresql": {
            "listen": f"0.0.0.0:{PORT}",
            "data_dir": data_directory(database),
            "bin_dir": programs(database),
            # Beside the socket, which only this container mounts: /tmp is the exporter's too.
            "pgpass": f"{SOCKETS}/pgpass",
            "use_unix_socket": True,
            "use_unix_socket_repl": True,
            "parameters": {"unix_socket_directories": SOCKETS},
            "authentication": {
                "superuser": {"username": database.roles.superuser, **to_members},
                "replication": {"username": REPLICATION, **to_members},
                "rewind": {"username": REWIND, **to_members},
            },
            # A spread checkpoint made each standby of an empty database take 95 s.
            "basebackup": [{"checkpoint": "fast"}],
        },
        "watchdog": {"mode": "off"},  # /dev/watchdog is the node's; pods that may have it aren't restricted
    }


def _bootstrap(database: Database) -> dict[str, Any]:
    initdb = [
        {"encoding": "UTF8"},
        {"locale": "C.UTF-8"},
        {"auth-local": "scram-sha-256"},
        {"auth-host": "scram-sha-256"},
        "data-checksums",
    ]
    return {"bootstrap": {"dcs": dynamic(database), "initdb": initdb} | _recovered(database)}


def _recovered(database: Database) -> dict[str, Any]:
    """How the first member gets its data where it comes from an archive («Building», custom bootstrap)."""
    if database.recovery is None:
        return {}
    # pgBackRest writes what PostgreSQL needs to recover, and Patroni takes it away afterwards.
    how = {"command": f"sh {PGBACKREST_FILES}/member.sh", "no_params": True, "keep_existing_recovery_conf": True}
    return {"method": "pgbackrest", "pgbackrest": how}


def local_files(addresses: Addresses) -> dict[str, str]:
    """What a member reads at its start; another content rolls the members."""
    return {"patroni.yml": yaml.safe_dump(_local(addresses), sort_keys=False)}


def shared_files(database: Database) -> dict[str, str]:
    """The shared part: for the first start, and for the Job that puts a changed one into etcd."""
    return {
        "bootstrap.yml": yaml.safe_dump(_bootstrap(database), sort_keys=False),
        "dynamic.json": json.dumps(dynamic(database), indent=2) + "\n",
    }
