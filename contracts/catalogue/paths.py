"""The family «paths»."""

from contracts.catalogue.contract import Contract

CONTRACTS: list[Contract] = []
