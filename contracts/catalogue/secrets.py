"""The family «secrets»."""

from contracts.catalogue.contract import Contract

CONTRACTS: list[Contract] = []
