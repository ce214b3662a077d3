"""haproxy.cfg: writes to the one member that says it is primary, reads to standbys that keep up.

Sources: docs.haproxy.org/3.0/configuration.html; Patroni's own template (extras/confd/templates/haproxy.tmpl), of
which the checks are kept, and the times are not: three checks 3 s apart would take 9 s to see a switchover.
"""

from components.postgres.replicated.addresses import PATRONI, PORT, READS, STATISTICS, WRITES, Addresses

DIRECTORY = "/usr/local/etc/haproxy"
AUTHORITY = f"{DIRECTORY}/tls/ca.crt"
USER = "statistics"
PASSWORD = "STATISTICS_PASSWORD"  # noqa: S105 (the variable's name)

HARD_STOP_SECONDS = 10
"""How long a router that is told to end lets sessions end by themselves."""

_HEAD = """\
global
  log stdout format raw local0 info
  # More than PostgreSQL takes: who is too many hears so from it, and a changed max_connections rolls no router.
  maxconn 4096
  # What runs may end; a pool's idle sessions never would, so longer only keeps everybody waiting.
  hard-stop-after {hard_stop}s

resolvers cluster
  parse-resolv-conf
  accepted_payload_size 8192
  timeout resolve 1s
  timeout retry 500ms
  hold valid 1s
  hold obsolete 0s

defaults
  mode tcp
  log global
  option tcplog
  option dontlognull
  option clitcpka
  option srvtcpka
  option redispatch 1
  timeout connect 1s
  timeout check 1s
  timeout queue 5s
  # Idle sessions belong to PostgreSQL (idle_session_timeout): pools keep theirs for hours.
  timeout client 24h
  timeout server 24h

frontend statistics
  mode http
  bind :{statistics}
  no log
  timeout client 10s
  monitor-uri /healthz
  http-request use-service prometheus-exporter if {{ path /metrics }}
  stats enable
  stats uri /stats
  stats hide-version
  stats auth {user}:"${{{password}}}"

frontend write
  bind :{writes}
  default_backend primary

frontend read
  bind :{reads}
  # With no standby left, reads are better answered by the primary than not at all.
  use_backend standbys if {{ nbsrv(standbys) gt 0 }}
  default_backend primary
"""

_BACKEND = """
backend {name}
  balance {balance}
  retries {retries}
  option httpchk
  http-check send meth GET uri {uri}
  http-check expect status 200
  default-server port {patroni} check check-ssl verify required ca-file {authority} resolvers cluster init-addr none
  default-server {times} rise 1 on-marked-down shutdown-sessions
"""

# The only other primary is the next one, which is up within a second or two or not at all; HAProxy waits 1 s before it
# tries again (docs.haproxy.org, «retries»), and a client that is told at once is there when the next one is.
_AT_ONCE = 0
# A standby that refuses a connection has siblings.
_ANOTHER = 3

# A connection that fails marks the primary down at once, instead of at the next check.
_WATCHED = "inter 500ms fastinter 200ms downinter 300ms fall 2 observe layer4 error-limit 1 on-error mark-down"
_UNHURRIED = "inter 2s fastinter 500ms downinter 1s fall 2"

_LAG = 16 * 2**20
"""Bytes behind the primary at which a standby gets no reads: one WAL segment."""


def configuration(addresses: Addresses) -> str:
    """The file. Every member is in both backends; Patroni's answers decide which of them are up."""
    head = _HEAD.format(
        hard_stop=HARD_STOP_SECONDS, statistics=STATISTICS, writes=WRITES, reads=READS, user=USER, password=PASSWORD
    )
    backends = (
        ("primary", "first", "/primary", _AT_ONCE, _WATCHED),
        ("standbys", "leastconn", f"/replica?lag={_LAG}", _ANOTHER, _UNHURRIED),
    )
    return head + "".join(_backend(addresses, *backend) for backend in backends)


def _backend(addresses: Addresses, name: str, balance: str, uri: str, retries: int, times: str) -> str:
    head = _BACKEND.format(
        name=name, balance=balance, uri=uri, retries=retries, patroni=PATRONI, authority=AUTHORITY, times=times
    )
    servers = [
        f"  server {pod} {address}:{PORT} verifyhost {address}\n"
        for pod in addresses.members
        for address in (addresses.member(pod),)
    ]
    return head + "".join(servers)
