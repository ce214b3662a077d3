"""The family «security»: a pod asks for no more than it needs, and its user can do its work."""

from contracts.catalogue.contract import Contract
from contracts.catalogue.security import baseline, restricted, token, user, writing

CONTRACTS: list[Contract] = [
    Contract("X01", "a pod meets the restricted Pod Security Standard", restricted.hardened),
    Contract("X02", "a pod asks nothing of its node", baseline.node),
    Contract("X03", "no directory of the node is mounted", baseline.host_paths),
    Contract("X04", "the root file system is read-only", restricted.read_only),
    Contract("X05", "the user of a pod can write its claims", writing.claims),
    Contract("X06", "the user of a pod can read its files", writing.files),
    Contract("X07", "an image that starts as root is given a user, or may become one", user.starts),
    Contract("X08", "a known image runs as the user it is made for", user.known),
    Contract("X09", "a server that never asks the API server gets no token for it", token.needless),
]
