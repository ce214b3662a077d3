"""The family «paths»: where the code reads and writes is where something is mounted, and nothing hides it."""

from contracts.catalogue.contract import Contract
from contracts.catalogue.paths import agree, files, mounts, nested, servers, written

CONTRACTS: list[Contract] = [
    Contract("P01", "a variable says the path that the code takes for granted", agree.declared),
    Contract("P02", "what is written lies under a mount that can be written", written.variables),
    Contract("P03", "a mount names a volume of its pod", mounts.volumes),
    Contract("P04", "a volume with contents is mounted by some container", mounts.idle),
    Contract("P05", "a path is mounted once, and a subPath can be followed", mounts.places),
    Contract("P06", "no mount hides another, or what the image is made of", nested.hidden),
    Contract("P07", "a database with a read-only root has a mount wherever it writes", servers.places),
    Contract("P08", "a file that an argument or a variable names is mounted there", files.named),
]
