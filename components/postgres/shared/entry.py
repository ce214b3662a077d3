"""Who may come to a tenant's database, from both ends."""

from components import network
from components.manifest import Manifest
from components.names import Scope
from components.postgres.shared import cluster, pooler
from components.settings.database import Database
from components.settings.network import Peer
from components.settings.system import Cluster
from components.settings.tenant import Tenant


def policies(scope: Scope, database: Database, name: str, tenant: Tenant, place: Cluster) -> list[Manifest]:
    """Who may come from the tenant's namespace, and, where its pods are known, that they may leave for here."""
    comes = Peer(namespace=tenant.namespace, pods=tenant.pods)
    asked = pooler.pods(name) if tenant.pooler else cluster.pods(database)
    # Not the poolers of other tenants, whose pods carry the Cluster's name too.
    answers = asked if tenant.pooler else cluster.instances(database)
    found = [network.workload(scope, f"{database.service}-{name}", answers, [(comes, [cluster.PORT])])]
    if tenant.pods:
        here = [
            (Peer(namespace=scope.namespace, pods=pods), [cluster.PORT]) for pods in (asked, cluster.pods(database))
        ]
        ends = here if tenant.pooler else here[:1]
        there = scope.within(tenant.namespace)
        found.append(network.workload(there, f"{name}-database", tenant.pods, reaches=ends))
        # Once a policy speaks of where pods may go they may go nowhere else, and they find no name without DNS.
        found.append(network.allow_dns(there, place, f"{name}-dns", tenant.pods))
    return found
