"""The family «connection»: what an app reads of its database is what is there, and nothing cuts it off."""

from contracts.catalogue.connection import admitted, answered, cut, described, host, inside, instances
from contracts.catalogue.contract import Contract

CONTRACTS = [
    Contract("N01", "A database host names a Service in reach.", host.host),
    Contract("N02", "A database port is a port of that Service.", host.port),
    Contract("N03", "The database exists on the server that the host leads to.", inside.database),
    Contract("N04", "The role exists there.", inside.role),
    Contract("N05", "One role of one server has one password.", inside.password),
    Contract("N06", "No NetworkPolicy cuts a client off from its database.", cut.cut),
    Contract("N07", "Who finds its database by name may ask DNS.", cut.dns),
    Contract("N08", "The server listens on the port that a client is led to.", answered.port),
    Contract("N09", "The word for TLS is one that drivers take.", answered.mode),
    Contract("N10", "Somebody answers behind the Service that a client is led to.", answered.behind),
    Contract("N11", "A name in another variable is no slip of a Service's.", host.other),
    Contract("N12", "A role or database that an object of a Cluster names is one of that Cluster.", described.owners),
    Contract("N13", "A database and a role of a Cluster are described once.", described.once),
    Contract("N14", "NetworkPolicies leave the pods of CloudNativePG what they need.", instances.needs),
    Contract("N15", "pg_hba.conf lets a client in, and names roles that are there.", admitted.admitted),
]
