"""What looks like a secret in plain text. Pure functions on names and values; a value is judged, never given back.

Three ways to tell, in the order of certainty: the value has the form of a credential (a token of a known issuer, a
private key, a password in a URL or connection string); the name says so and the value is no placeholder, reference or
switch; the value is as random as only a key is. Whatever else a name or value may mean is left alone: a wrong alarm
here trains people to look away.
"""

import base64
import binascii
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_PLACEHOLDER = re.compile(
    r"""\$\{|\$\(|\{\{|\}\}|<[^<>]*>|%\(|%[A-Z_]+%|@@|\#\{|<%|^replace[-_ ]|placeholder|\bENV\[|\benv\.|
    ^\$[\w.-][:\w./-]*$|^__\w+__$|^\*+$|^[xX.\u2026-]+$|^ENC\[|
    ^(?:vault|ref\+\w+|op|secretref|awssm|gcpsm|arn|env|file|keyring):""",
    re.VERBOSE,
)
_SWITCH = frozenset("true false yes no on off none null nil undefined required optional disabled enabled auto".split())
_SECRET_WORDS = frozenset("password passwd passphrase pwd pass secret token apikey credential credentials".split())
_PASSWORDS = frozenset("password passwd passphrase pwd pass".split())
_KEYS = frozenset("api access private secret encryption signing auth master account app shared jwt hmac".split())
_NOT_SECRET_BEFORE = frozenset(
    "no empty allow require requires reset enable disable use forgot change show public checksum hash mock csrf "
    "pagination page continuation next max min num count reload".split()
)
_NOT_SECRET = (("initial", "cluster", "token"),)
"""Ends of names that say something else: etcd's tells clusters apart (etcd.io/docs, «Clustering Guide»)."""
_CODE = frozenset("[](){}*\\|^")
"""What no password in a connection string has unescaped, and an expression of a program has: password=given["x"]."""
_GLUED = ("password", "passwd", "token", "secret", "apikey")
_GLUED_KEYS = ("accesskey", "secretkey", "privatekey", "signingkey", "encryptionkey")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_KNOWN_TOKEN = re.compile(
    r"""\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}|glpat-[\w-]{20}|
    xox[baprs]-[\w-]{20,}|[sr]k_live_\w{20,}|AIza[\w-]{35}|SG\.[\w-]{16,}\.[\w-]{16,}|hvs\.[\w-]{20,}|npm_\w{36}|
    dckr_pat_[\w-]{20,}|pypi-AgEI[\w-]{40,}|(?<!-)eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})""",
    re.VERBOSE,
)
_SHORTEST = 20
"""Letters of the shortest token: AKIA and sixteen more."""
_BEGINS = tuple(
    "AKIA ASIA ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox sk_live_ rk_live_ AIza SG. hvs. npm_ dckr_pat_ "
    "pypi-AgEI eyJ".split()
)
"""How those tokens begin: to look for these first is fifty times faster than the expression alone."""
_PASSWORD_IS = ("password=", "passwd=", "pwd=")
_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----")
_URL = re.compile(r"://(?<=[\w+.-]://)([^\s:/@\"'?#]*):([^\s/@\"']+)@[\w.\[-]")
_PAIR = re.compile(r"(?:^|[\s?&;])(?:password|pwd|passwd)=('[^']*'|[^\s;&'\"]+)", re.IGNORECASE)
_SAMPLE_USERS = frozenset({"user", "username", "USER", "USERNAME", "login"})
_SAMPLE_PASSWORDS = frozenset({"pass", "password", "passwd", "pwd", "secret", "xxx", "PASSWORD", "PASS"})
_HEX = re.compile(r"(?:[\w+-]+:)?(?:[0-9a-f]{16,}|[0-9A-F]{16,})$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_PATH = re.compile(r"(?:file:/{0,2})?(?:\.{0,2}/|~/|[A-Za-z]:\\)\S*$")
_OBJECT_NAME = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)+$")
_REFERRING = frozenset("secret secrets tls cert certs ca key keys credentials creds config auth token".split())
_RANDOM = re.compile(r"[A-Za-z0-9+/_=-]{20,200}$")
_NOT_RANDOM_NAMES = frozenset(
    "hash digest checksum sha sha256 sum version commit revision cert certificate crt ca bundle public fingerprint id "
    "etag image nonce script template pubkey host url uri path name".split()
)


def has_any(value: str, parts: Iterable[str]) -> bool:
    """Whether one of `parts` stands in `value`: far cheaper to ask of a long text than any expression."""
    return any(map(value.__contains__, parts))


def placeholder(value: str) -> bool:
    """Whether `value` stands for something that is filled in elsewhere: ${VAR}, {{ x }}, <generated x>, vault:…"""
    value = value.strip()
    return not value or _PLACEHOLDER.search(value) is not None


@lru_cache(maxsize=20_000)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: DB_PASSWORD, db.password, dbPassword → db, password."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=20_000)
def telling(name: str) -> str:
    """What secret `name` says it holds ("password", "token", "key", …), or "" for a name that does not say so.

    Only the end of a name counts: TOKEN_CACHE_DIR is a directory, ACCESS_KEY_ID an identifier, PASSWORD_FILE a path.
    """
    parts = list(words(name))
    while parts and parts[-1].isdigit():
        parts.pop()
    if not parts or set(parts[:-1]) & _NOT_SECRET_BEFORE or tuple(parts[-3:]) in _NOT_SECRET:
        return ""
    if parts[-1].endswith(_GLUED_KEYS):
        return "key"
    parts[-1] = next((word for word in _GLUED if parts[-1].endswith(word)), parts[-1])  # PGPASSWORD
    if parts[-1] in _SECRET_WORDS:
        # PWD alone is the working directory, PASS alone or last may be a switch; with a word before they are passwords.
        return "" if parts[-1] in {"pwd", "pass"} and len(parts) == 1 else parts[-1]
    return "key" if parts[-1] == "key" and len(parts) > 1 and parts[-2] in _KEYS else ""


def named_secret(name: str, value: str, object_names: frozenset[str] | set[str] = frozenset()) -> bool:
    """Whether `value` is a secret by the name it stands under. `object_names` are names of Secrets, which are none."""
    kind, value = telling(name), value.strip()
    if not kind or placeholder(value) or value.lower() in _SWITCH or _PATH.match(value) or value in object_names:
        return False
    if kind in _PASSWORDS:
        return True
    if "://" in value or value.isdigit() or "," in value or " " in value or len(value) < 5:
        return False  # A lifetime, a list of scopes, a sentence, an issuer's address.
    # `WEBHOOK_SECRET: webhook-server-cert` is the name of a Secret.
    return not (_OBJECT_NAME.match(value) and set(re.split(r"[-.]", value)) & _REFERRING)


def credential(value: str) -> str:
    """What in `value` has the form of a credential, in words; "" for none."""
    if "://" in value:
        for user, password in _URL.findall(value):
            if not placeholder(password) and not set(password) & _CODE:
                if user in _SAMPLE_USERS and password in _SAMPLE_PASSWORDS:
                    continue  # https://user:password@host: the way in which documentation writes it.
                return "a URL with a password in it"
    if "=" in value and has_any(value.lower(), _PASSWORD_IS):
        found = [pair.strip("'") for pair in _PAIR.findall(value)]
        if any(not placeholder(password) and not set(password) & _CODE for password in found):
            return "a connection string with a password in it"
    if len(value) >= _SHORTEST and has_any(value, _BEGINS):
        token = _KNOWN_TOKEN.search(value)
        if token and "EXAMPLE" not in token[0]:
            return "a token of a known form"
    if is_private_key(value):
        return "a private key"
    return ""


def is_private_key(value: str) -> bool:
    """Whether `value` holds a private key, as PEM or as base64 of it."""
    if "-----BEGIN" in value:
        return _PRIVATE.search(value) is not None
    if value.startswith("LS0tLS1CRUdJTi"):
        try:
            return _PRIVATE.search(base64.b64decode("".join(value.split())[:120]).decode("ascii", "ignore")) is not None
        except binascii.Error:
            return False
    return False


def random(name: str, value: str) -> bool:
    """Whether `value` is as random as a key: long, of mixed characters that change their kind all the time.

    Digests, UUIDs, paths, identifiers and certificates are not; nor is anything whose name says what else it is.
    """
    value = value.strip()
    if not _RANDOM.match(value) or _HEX.match(value) or _UUID.match(value) or set(words(name)) & _NOT_RANDOM_NAMES:
        return False
    if value.startswith(("LS0tLS1CRUdJTi", "eyJ", "AgA", "AgB", "sha256-", "sha384-", "sha512-", "/")):
        return False  # PEM and JSON in base64, sealed data, digests with their algorithm.
    kinds = ["0" if c.isdigit() else "a" if c.islower() else "A" if c.isupper() else "-" for c in value]
    # The step from a capital to a small letter begins a word, as in EnableHttp2Transport, and says nothing.
    changes = sum(one != other and (one, other) != ("A", "a") for one, other in itertools.pairwise(kinds))
    if kinds.count("0") < 2 or kinds.count("a") < 3 or kinds.count("A") < 3 or changes < 0.33 * len(value):
        return False
    counts = Counter(value).values()
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts)
    return bits >= 3.6
