"""The catalogue: one module per family, every contract numbered."""

from contracts.catalogue import connection, paths, secrets, security, storage, wiring

CONTRACTS = [
    *paths.CONTRACTS,
    *connection.CONTRACTS,
    *secrets.CONTRACTS,
    *security.CONTRACTS,
    *storage.CONTRACTS,
    *wiring.CONTRACTS,
]
"""Every contract, in the order in which findings are told."""
