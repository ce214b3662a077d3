"""The family «connection»."""

from contracts.catalogue.contract import Contract

CONTRACTS: list[Contract] = []
