"""Parameters of postgresql.conf that a stack may set, in the form in which it sets them."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

DECIDED = {
    **dict.fromkeys(("listen_addresses", "port"), "the Service and the NetworkPolicies are made for 5432"),
    **dict.fromkeys(
        ("config_file", "hba_file", "ident_file", "data_directory", "external_pid_file"),
        "the program mounts and finds these files itself",
    ),
    **dict.fromkeys(("include", "include_dir", "include_if_exists"), "no other file is mounted"),
    **dict.fromkeys(
        ("unix_socket_directories", "unix_socket_group", "unix_socket_permissions"), "the probes and psql look there"
    ),
    "password_encryption": "roles sign in by scram-sha-256",
    "max_connections": "it decides work_mem too; set `maxConnections` beside `parameters`",
    "huge_pages": "a pod that asks for none gets a bus error where the node has some",
    "logging_collector": "logs go to the container's output, where `kubectl logs` reads them",
    "ssl": "`tls: {}` beside `parameters` turns it on, with a certificate",
}
"""Parameter → why the program decides it."""

DECIDED_BY_PATRONI = frozenset(
    {
        *("cluster_name", "hot_standby", "wal_level", "wal_log_hints", "max_wal_senders", "max_replication_slots"),
        *("synchronous_standby_names", "primary_conninfo", "primary_slot_name", "recovery_target_timeline"),
        *("ssl_cert_file", "ssl_key_file", "ssl_ca_file", "restore_command", "promote_trigger_file"),
    }
)
"""Of a replicated database: what its members need of each other (patroni.readthedocs.io, «Patroni configuration»)."""

DECIDED_BY_OPERATOR = frozenset(
    {
        *("allow_system_table_mods", "archive_cleanup_command", "archive_command", "archive_mode", "bonjour"),
        *("bonjour_name", "cluster_name", "data_sync_retry", "event_source", "hot_standby", "jit_provider"),
        *("log_destination", "log_directory", "log_file_mode", "log_filename", "log_rotation_age", "log_rotation_size"),
        *("log_truncate_on_rotation", "primary_conninfo", "primary_slot_name", "promote_trigger_file"),
        *("recovery_end_command", "recovery_min_apply_delay", "recovery_target", "recovery_target_action"),
        *("recovery_target_inclusive", "recovery_target_lsn", "recovery_target_name", "recovery_target_time"),
        *("recovery_target_timeline", "recovery_target_xid", "restart_after_crash", "restore_command"),
        *("ssl_ca_file", "ssl_cert_file", "ssl_crl_file", "ssl_dh_params_file", "ssl_ecdh_curve", "ssl_key_file"),
        *("ssl_passphrase_command", "ssl_passphrase_command_supports_reload", "ssl_prefer_server_ciphers"),
        *("stats_temp_directory", "synchronized_standby_slots", "synchronous_standby_names", "syslog_facility"),
        *("syslog_ident", "syslog_sequence_numbers", "syslog_split_messages", "temp_tablespaces"),
    }
)
"""Of a shared Cluster: what its webhook refuses (cloudnative-pg 1.30, FixedConfigurationParameters)."""

_UNITS = {"": 8192, "B": 1, "kB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
"""Bytes; a memory parameter without a unit counts blocks of 8 kB (postgresql.org/docs, «Setting Parameters»)."""

MOST_SHARED = 0.4
"""Of the memory limit: more «is unlikely» to work better, says postgresql.org/docs, «Resource Consumption»."""


def _name(name: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)?", name):
        raise ValueError("allowed: a parameter of PostgreSQL in lower case, or extension.parameter")
    if name in DECIDED:
        raise ValueError(f"allowed: parameters that this program does not decide; {DECIDED[name]}")
    return name


def _written(value: object) -> object:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if isinstance(value, int | float) else value


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("allowed: a text on one line")
    return value


Parameters = dict[
    Annotated[str, AfterValidator(_name)], Annotated[str, BeforeValidator(_written), AfterValidator(_one_line)]
]
"""Name → value as postgresql.conf has it, without quotes; true and false are on and off."""


def check_shared_buffers(parameters: dict[str, str], memory: int) -> None:
    """Raise ValueError when `shared_buffers` is no memory, or does not fit a limit of `memory` bytes."""
    text = parameters.get("shared_buffers")
    if text is None:
        return
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB|)\s*", text)
    if match is None:
        raise ValueError(f"allowed: shared_buffers such as 512MB or 1GB; found {text!r}")
    if float(match[1]) * _UNITS[match[2]] > memory * MOST_SHARED:
        most = int(memory * MOST_SHARED / 2**20)
        raise ValueError(f"allowed: shared_buffers of at most {most}MB, 40 % of the memory limit; found {text}")
