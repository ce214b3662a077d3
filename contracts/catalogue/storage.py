"""The family «storage»."""

from contracts.catalogue.contract import Contract

CONTRACTS: list[Contract] = []
