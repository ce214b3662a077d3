"""The family «wiring»."""

from contracts.catalogue.contract import Contract

CONTRACTS: list[Contract] = []
