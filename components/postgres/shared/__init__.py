"""`topology: shared`: a Cluster of CloudNativePG, and the databases of tenants in it."""

from components.postgres.shared.topology import endpoint, render

__all__ = ["endpoint", "render"]
