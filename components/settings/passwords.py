"""Where the passwords of a database's roles come from."""

from components.settings.source import SecretSource
from components.settings.words import Section

_MADE = SecretSource(generate=40)


class TenantPasswords(Section):
    """One source for each role of a tenant."""

    owner: SecretSource = _MADE
    app: SecretSource = _MADE
    reader: SecretSource = _MADE


class Passwords(TenantPasswords):
    """One source for each role that logs in. The superuser's is always generated: nobody is to know it (rule 2)."""

    monitor: SecretSource = _MADE
    dump: SecretSource = _MADE
