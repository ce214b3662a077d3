"""Settings of a shared Cluster, and of its tenants, that can't work."""

from shared import least, patch

from components.settings.shared import LONGEST_CLUSTER

REFUSED = {
    "two apps with one database": (
        patch({"shop": least(), "other": least("other", database="shop")}),
        "tenants",
        ("shop, of shop and other", "a database for each tenant alone"),
    ),
    "a tenant with the Cluster's own database": (
        patch({"platform": least()}),
        "tenants",
        ("platform, of the Cluster itself and platform", "a database for each tenant alone"),
    ),
    "derived roles that meet": (
        patch({"a": least(database="x_app"), "x": least()}),
        "tenants",
        ("x_app, of a and x", "roles for each tenant alone"),
    ),
    "a role of the Cluster's own database": (
        patch({"platform-owner": least()}),
        "tenants",
        ("platform_owner, of the Cluster itself and platform-owner", "roles for each tenant alone"),
    ),
    "a tenant in the stack's own namespace": (
        patch({"shop": least("databases")}),
        "tenants.shop.namespace",
        ("databases, whose apps belong under `apps`", "another namespace than the stack's own"),
    ),
    "a tenant in a namespace of Kubernetes' own": (
        patch({"shop": least("kube-system")}),
        "tenants.shop.namespace",
        ("kube-system, and `kube-` begins those of Kubernetes itself", "a namespace of an app"),
    ),
    "a name that Kubernetes doesn't take": (
        patch({"9lives": least()}),
        "tenants.9lives",
        ("the name `9lives`", "a letter, then lower-case letters, digits and hyphens"),
    ),
    "a name that PostgreSQL reserves": (
        patch({"none": least()}),
        "tenants.none",
        ("none", "a name that PostgreSQL does not reserve"),
    ),
    "a name that PostgreSQL keeps for itself": (
        patch({"pg-stat": least()}),
        "tenants.pg-stat",
        ("pg_stat; set `database` to another name", "a name that PostgreSQL does not reserve"),
    ),
    "a database that can't be": (
        patch({"shop": least(database="shop-1")}),
        "tenants.shop.database",
        ("'shop-1'", "lower-case letters, digits and underscores"),
    ),
    "a schema twice": (
        patch({"shop": least(schemas=["sales", "sales"])}),
        "tenants.shop",
        ("twice: sales", "each of `schemas` once"),
    ),
    "a schema of PostgreSQL's own": (
        patch({"shop": least(schemas=["information_schema"])}),
        "tenants.shop.schemas.0",
        ("'information_schema'", "does not reserve"),
    ),
    "an extension that the image lacks": (
        patch({"shop": least(extensions=["pg_tgrm"])}),
        "tenants.shop.extensions",
        ("pg_tgrm, which it lacks (did you mean `pg_trgm`?)", "extensions that ghcr.io/cloudnative-pg/postgresql:17"),
    ),
    "an extension of an image of which nothing is known": (
        patch({"shop": least(extensions=["hstore"])}, image="example.org/postgresql:17"),
        "tenants.shop.extensions",
        ("database.shared.extensions", "extensions that example.org/postgresql:17 has"),
    ),
    "a pooler named like a Service of the Cluster": (
        patch({"pg": least(pooler={})}, {"service": "pg-pooler"}),
        "tenants.pg.pooler",
        ("pg-pooler, which is the Cluster, or a Service of it too", "a pooler named like nothing else"),
    ),
    "fewer connections than its pooler opens": (
        patch({"shop": least(pooler={"instances": 3}, connections=59)}),
        "tenants.shop",
        ("59, so that PostgreSQL would refuse what PgBouncer opens", "from 60 on"),
    ),
    "more connections than there are": (
        patch({"shop": least(connections=101)}),
        "tenants.shop.connections",
        ("101", "at most database.maxConnections, 100"),
    ),
    "a pooler that needs more than there are": (
        patch({"shop": least(pooler={"instances": 6})}),
        "tenants.shop.connections",
        ("120", "at most database.maxConnections, 100"),
    ),
    "nobody to wait for": (
        patch(synchronous="strict", instances=2),
        "database.shared",
        ("", "`strict` with 3 instances or more"),
    ),
    "an operator that is not known": (patch(operator="1.29"), "database.shared.operator", ("'1.29'", "1.28, 1.30")),
    "a parameter of the operator's": (
        patch(database={"parameters": {"archive_command": "true"}}),
        "database",
        ("archive_command", "parameters that the operator does not decide"),
    ),
    "another superuser": (
        patch(database={"roles": {"superuser": "root"}}),
        "database",
        ("", "`postgres` as `roles.superuser`"),
    ),
    "a role that the operator makes for itself": (
        patch(database={"roles": {"app": "streaming_replica"}}),
        "database",
        ("streaming_replica", "roles that are not the operator's own"),
    ),
    "a name too long for a Cluster": (
        patch(database={"service": "p" * (LONGEST_CLUSTER + 1)}),
        "database",
        ("", f"at most {LONGEST_CLUSTER} characters"),
    ),
}
"""What it is → the settings, the path at which they are refused, words of what was found and of what is allowed."""
