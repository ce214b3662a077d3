"""What secret an entry, an argument or a file is, in words. Values are judged, never given back.

`names` are the names of the Secrets of a namespace: `auth: shop-db` names one, and is none.
"""

import re
from functools import lru_cache

from contracts.plaintext import credential, has_any, named_secret, placeholder, random, telling

Names = frozenset[str]

_HINTS = ("passw", "pwd", "secret", "token", "key", "credential", "requirepass", "masterauth", "://")
_TELLING = ("pass", "pwd", "secret", "token", "key", "credential")
"""What every name has that tells of a secret (plaintext.telling)."""
_LINE = re.compile(
    r"""^\s*(?:export\s+|-\s+)?["']?([\w.\[\]-]+)["']?\s*([:=])\s*["']?([^\s"',;]+)["']?\s*+[,;]?\s*(?:[#;].*)?$"""
)
_REDIS = re.compile(r"^\s*(?:requirepass|masterauth)\s+[\"']?([^\s\"']+)", re.MULTILINE)
_SQL = re.compile(r"PASSWORD(?<=\bPASSWORD)\s+'([^']+)'")
"""Of a text in capitals. What begins with letters is looked for as fast as a word."""
_ASSIGNED = re.compile(r"""(?:^|[\s;&"'])(?:--?(?:D)?)?([A-Za-z_][\w.-]*)=("[^"]*"|'[^']*'|[^\s;&|"']+)""")
_OPTION = re.compile(r"^--?([A-Za-z][\w.-]*)$")
_CODE = (
    ".sh",
    ".bash",
    ".py",
    ".js",
    ".ts",
    ".lua",
    ".rb",
    ".pl",
    ".php",
    ".go",
    ".md",
    ".html",
    ".tpl",
    ".tmpl",
    ".rego",
)
_KINDS_OF_VALUE = frozenset(
    "string str text int integer bool boolean object array password secret token bytes type".split()
)


def _hints(content: str) -> bool:
    """Whether anything in a text may be a secret: ten times faster than to look for it with an expression."""
    return has_any(content.lower(), _HINTS)


def of_entry(name: str, value: str, names: Names) -> str:
    """What secret a variable or a one-line entry of a ConfigMap is, in words; "" for none."""
    if telling(name) and named_secret(name, value, names):
        return f"a value under the name {name}, which says that it is a {telling(name)}"
    if what := credential(value):
        return what
    return "a value as random as a key" if len(value) >= 20 and random(name, value) else ""


@lru_cache(maxsize=4_000)
def of_argument(before: str, word: str, names: Names) -> str:
    """What secret an argument holds, `before` being the one before it; "" for none."""
    if not _hints(word) and not _hints(before):
        return ""
    option = _OPTION.match(before)
    if option and not word.startswith("-") and "$" not in word and named_secret(option[1], word, names):
        return f"the value of the option {before}"
    for name, value in _ASSIGNED.findall(word) if _assigns(word) else ():
        bare = value.strip("\"'")
        if telling(name) and not set(bare) & set("$`()") and named_secret(name, bare, names):
            return f"a value for {name}"
    return credential(word) or ("a password in SQL" if _sql(word) else "")


def _assigns(word: str) -> bool:
    """Whether a name that stands before some `=` may tell of a secret."""
    names = (before.rpartition(" ")[2] for before in word.split("=")[:-1])
    return any(has_any(name.lower(), _TELLING) for name in names)


def _sql(script: str) -> bool:
    return any(not set(value) & set("$:{<%#") for value in _SQL.findall(script.upper()))


@lru_cache(maxsize=1_000)
def of_file(name: str, content: str, names: Names) -> str:
    """What secret a file holds, in words with the number of its line; "" for none."""
    if not _hints(content):
        return ""  # Nearly every file of a set; its lines are not even looked at.
    code = name.endswith(_CODE) or content.startswith("#!")
    for number, line in enumerate(content.splitlines(), 1):
        if line.lstrip().startswith(("#", ";", "//", "--", "*")) or not _hints(line):
            continue
        if what := credential(line):
            return f"{what} (line {number})"
        if _sql(line):
            return f"a password in SQL (line {number})"
        if code:
            continue
        if (found := _REDIS.match(line)) and not placeholder(found[1]) and "$" not in found[1]:
            return f"a password of Redis (line {number})"
        if (found := _LINE.match(line)) and _line(found[1], found[2], found[3], names):
            return f"a value for {found[1]} (line {number})"
    return ""


def _line(name: str, separator: str, value: str, names: Names) -> bool:
    if set(value) & set("(){}[]$`|&*") or (separator == ":" and value.lower() in _KINDS_OF_VALUE):
        return False
    return named_secret(name, value, names)
