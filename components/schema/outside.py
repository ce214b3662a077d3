"""Statements that PostgreSQL runs in no transaction block (postgresql.org/docs, each command's «Notes»)."""

from typing import Any

from pglast import ast

_WHOLE = {"REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE"}


def outside(tree: Any) -> str | None:
    """What of `tree` needs to be outside a transaction, in words; None where nothing does."""
    match tree:
        case ast.IndexStmt(concurrent=True):
            return "CREATE INDEX CONCURRENTLY"
        case ast.DropStmt(concurrent=True):
            return "DROP INDEX CONCURRENTLY"
        case ast.VacuumStmt(is_vacuumcmd=True):
            return "VACUUM"
        case ast.ClusterStmt(relation=None):
            return "CLUSTER without a table"
        case ast.ReindexStmt():
            if any(option.defname == "concurrently" for option in tree.params or ()):
                return "REINDEX CONCURRENTLY"
            return "REINDEX of more than one table" if getattr(tree.kind, "name", "") in _WHOLE else None
        case ast.AlterTableStmt() if any(getattr(command.def_, "concurrent", None) for command in tree.cmds or ()):
            return "DETACH PARTITION CONCURRENTLY"
    return None
