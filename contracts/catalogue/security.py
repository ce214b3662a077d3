"""The family «security»."""

from contracts.catalogue.contract import Contract

CONTRACTS: list[Contract] = []
