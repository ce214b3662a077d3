"""Secrets, the one place that makes them: each states its keys now; its values come when it is registered, or from an
operator in the cluster."""

from components.secrets.credentials import credentials, pull_secret
from components.secrets.made import marker, name_of, named, opaque, refuse_own
from components.secrets.parted import keys_elsewhere, keys_of_role, of_role, parted
from components.secrets.reloading import RELOAD, reloaded
from components.secrets.variables import variables

__all__ = [
    "RELOAD",
    "credentials",
    "keys_elsewhere",
    "keys_of_role",
    "marker",
    "name_of",
    "named",
    "of_role",
    "opaque",
    "parted",
    "pull_secret",
    "refuse_own",
    "reloaded",
    "variables",
]
