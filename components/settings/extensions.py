"""Which extensions an image of PostgreSQL has, so that one that it lacks is refused before anything is made."""

from collections.abc import Iterable

from components.settings.mistakes import nearest

CONTRIB = frozenset(
    "amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw "
    "fuzzystrmatch hstore insert_username intagg intarray isn lo ltree moddatetime pageinspect pg_buffercache "
    "pg_freespacemap pg_prewarm pg_stat_statements pg_surgery pg_trgm pg_visibility pg_walinspect pgcrypto "
    "pgrowlocks pgstattuple plpgsql postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows tsm_system_time "
    "unaccent uuid-ossp xml2".split()
)
"""Of PostgreSQL itself (postgresql.org/docs, «Additional Supplied Modules and Extensions»)."""

OF_OPERAND = CONTRIB | {"vector", "pgaudit"}
"""Of the operator's `system` and `standard` images (cloudnative-pg/postgres-containers, README)."""


def refuse_lacking(wanted: Iterable[str], there: frozenset[str] | None, image: str) -> None:
    """Raise ValueError when one of `wanted` is not `there`, or when nobody said what `image` has."""
    asked = sorted(set(wanted))
    if asked and there is None:
        raise ValueError(
            f"allowed: extensions that {image} has; which these are is known of the operator's own images only, so "
            f"list them in `database.shared.extensions`; found {', '.join(asked)}"
        )
    lacking = [name for name in asked if there is not None and name not in there]
    if lacking:
        near = [text for name in lacking if (text := nearest(name, there or ()))]
        raise ValueError(
            f"allowed: extensions that {image} has; found {', '.join(lacking)}, which it lacks"
            + (f" ({'; '.join(near)})" if near else "")
        )
