"""SQL of a role whose password was rotated: its two logins, both of which act as the role itself.

`ALTER ROLE … SET role` makes the second login's sessions the role's own (postgresql.org/docs, «ALTER ROLE»,
«SET ROLE»): rights, ownership of what is made, and default privileges are those of the role, whoever signed in.
"""

from components.settings.turns import login, retired, twin

_LISTS = ("local_preload_libraries", "search_path", "session_preload_libraries", "temp_tablespaces")
"""Parameters whose value is a list of names: it is written as it stands (pg_dump, variable_is_guc_list_quote)."""

_PLAIN = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def _there(name: str) -> str:
    return f"""
SELECT 'CREATE ROLE "{name}" NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec
ALTER ROLE "{name}" {_PLAIN};
"""


def _same_settings(role: str) -> str:
    """What was set for the role, its limit of connections too, holds for the second login: both are the login's own."""
    other, lists = twin(role), ", ".join(f"'{name}'" for name in _LISTS)
    return f"""
ALTER ROLE "{other}" RESET ALL;
ALTER ROLE "{other}" SET role = '{role}';
SELECT format('ALTER ROLE "{other}" CONNECTION LIMIT %s', rolconnlimit) FROM pg_roles WHERE rolname = '{role}' \\gexec
SELECT format('ALTER ROLE "{other}" %s SET %I = %s', 'IN DATABASE ' || quote_ident(d.datname),
              split_part(setting, '=', 1),
              CASE WHEN split_part(setting, '=', 1) IN ({lists}) THEN substr(setting, strpos(setting, '=') + 1)
                   ELSE quote_literal(substr(setting, strpos(setting, '=') + 1)) END)
  FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase,
       unnest(s.setconfig) AS setting
 WHERE r.rolname = '{role}' AND setting NOT LIKE 'role=%' \\gexec
"""


def opened_sql(role: str, rotation: int, variable: str) -> str:
    """Both logins of `role`, and the password of the one in use, which is in the environment's `variable`. The other
    one stays as it is: whoever signs in by it goes on."""
    now = login(role, rotation)
    both = "".join(map(_there, (role, twin(role))))
    return f"""{both}\
GRANT "{role}" TO "{twin(role)}";
{_same_settings(role)}\
-- rotation {rotation}
\\set password `printenv {variable}`
ALTER ROLE "{now}" LOGIN PASSWORD :'password';
"""


def shut_sql(role: str, rotation: int) -> str:
    """Nobody signs in by the login that was in use before, and whoever did is disconnected."""
    before = retired(role, rotation)
    # In the list of what is selected: as a condition it might be asked of every session before the name is.
    return f"""
ALTER ROLE "{before}" NOLOGIN PASSWORD NULL;
SELECT usename, client_addr, pg_terminate_backend(pid) AS disconnected FROM pg_stat_activity WHERE usename = '{before}';
"""
