"""`topology: replicated`: Patroni members that agree on a primary through etcd, behind HAProxy."""

from components.postgres.replicated.topology import endpoint, render

__all__ = ["endpoint", "render"]
