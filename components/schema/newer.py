"""What only a newer PostgreSQL knows than the one it is meant for; the parser knows all up to 18.

Source: the release notes of 15 to 18, «Migration» and «Changes». Functions are no grammar and are not looked for.
"""

from typing import Any

from pglast import ast

from components.schema.parsed import nodes

_NODES: dict[str, tuple[int, str]] = {
    "MergeStmt": (15, "MERGE"),
    "JsonObjectConstructor": (16, "JSON_OBJECT with keys"),
    "JsonArrayConstructor": (16, "JSON_ARRAY"),
    "JsonObjectAgg": (16, "JSON_OBJECTAGG"),
    "JsonArrayAgg": (16, "JSON_ARRAYAGG"),
    "JsonIsPredicate": (16, "IS JSON"),
    "JsonTable": (17, "JSON_TABLE"),
    "JsonFuncExpr": (17, "JSON_VALUE, JSON_QUERY and JSON_EXISTS"),
    "JsonParseExpr": (17, "JSON()"),
    "JsonScalarExpr": (17, "JSON_SCALAR"),
    "JsonSerializeExpr": (17, "JSON_SERIALIZE"),
}
"""Kind of node → (the first version that has it, its name)."""

_ENFORCED = {"CONSTR_ATTR_ENFORCED", "CONSTR_ATTR_NOT_ENFORCED"}


def newer(tree: Any, version: int) -> str | None:
    """Words for the first thing in `tree` that PostgreSQL `version` does not have; None where it has all."""
    for node in nodes(tree):
        since, what = _feature(node)
        if since > version:
            return f"{what}, which PostgreSQL has from {since} on"
    return None


def _feature(node: ast.Node) -> tuple[int, str]:
    def has(field: str) -> Any:
        return getattr(node, field, None)

    if has("nulls_not_distinct"):
        return 15, "NULLS NOT DISTINCT"
    if has("without_overlaps") or has("fk_with_period"):
        return 18, "WITHOUT OVERLAPS and PERIOD"
    if isinstance(node, ast.Constraint):
        kind = has("contype").name
        if has("generated_kind") == "v":
            return 18, "a virtual generated column"
        if kind in _ENFORCED or (kind in {"CONSTR_CHECK", "CONSTR_FOREIGN"} and not has("is_enforced")):
            return 18, "NOT ENFORCED"
    if isinstance(node, ast.MergeStmt) and has("returningClause"):
        return 17, "MERGE with RETURNING"
    if isinstance(node, ast.ReturningClause) and has("options"):
        return 18, "RETURNING WITH"
    return _NODES.get(type(node).__name__, (0, ""))
