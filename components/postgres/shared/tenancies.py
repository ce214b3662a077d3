"""All tenants of a Cluster, and who is none any more."""

from collections.abc import Mapping

from components.manifest import Manifest
from components.names import Scope
from components.namespace import service_account
from components.postgres import bootstrap
from components.postgres.access import QUIET
from components.postgres.database import Published
from components.postgres.shared import tenants
from components.postgres.shared.tenants import Tenancy
from components.settings import tenant as settings
from components.settings.database import Database
from components.settings.system import Cluster
from components.settings.tenant import Tenant


def revocation_sql(mark: str, present: list[str]) -> str:
    """SQL after which no role whose comment begins with `mark` can log in, but those of `present`.

    CONNECT goes as well: the operator may still have the role on its list, and let it log in again.
    """
    kept = ", ".join(f"'{name}'" for name in present)
    return f"""
CREATE TEMPORARY TABLE gone AS
  SELECT r.rolname FROM pg_roles r JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass
   WHERE d.description LIKE '{mark}%' AND r.rolname <> ALL (ARRAY[{kept}]::name[]);
SELECT format('REVOKE CONNECT ON DATABASE %I FROM %I', datname, rolname) FROM pg_database, gone
 WHERE has_database_privilege(rolname, oid, 'CONNECT') \\gexec
SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM gone \\gexec
SELECT 'no tenant any more: ' || rolname || '; its sessions end, its data stays' FROM gone;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN (SELECT rolname FROM gone);
"""


def render(
    scope: Scope, place: Cluster, database: Database, settled: Mapping[str, Tenant], published: Published
) -> tuple[list[Manifest], list[Tenancy]]:
    """What all tenants share: the account of their Jobs, and the Job that shuts out the roles of those that were taken
    away. Then each of them. Nothing for a database that is not shared. `place` says where DNS is."""
    if not database.is_shared or published.superuser is None:
        return [], []
    name = f"{database.service}-tenants"
    account = service_account(scope, name, tenants.COMPONENT)
    secret, endpoint = published.superuser, published.endpoint
    found = [
        tenants.render(scope, database, one, tenant, secret=secret, account=account, endpoint=endpoint, place=place)
        for one, tenant in settled.items()
    ]
    present = sorted(user for one, tenant in settled.items() for user in settings.roles_of(one, tenant).values())
    sql = QUIET + revocation_sql(tenants.mark(database), present)
    return [account, bootstrap.run(scope, database, name, sql, account, secret, endpoint)], found


def notes(database: Database, settled: Mapping[str, Tenant]) -> list[str]:
    """What a reader of the plan must know of all tenants together."""
    together = sum(settings.connections_of(tenant) for tenant in settled.values())
    if not database.is_shared or together <= database.max_connections:
        return []
    return [
        f"the {len(settled)} tenants may open {together} connections together, and the server takes "
        f"{database.max_connections} (database.maxConnections): whoever comes last is refused. Raise it, lower "
        "`connections`, or give some a `pooler`"
    ]
