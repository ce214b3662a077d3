"""A Cluster of three instances with nightly backups."""

from components.names import Scope
from components.postgres.shared import alerts, monitoring
from components.settings.backup import Backup
from components.settings.monitoring import Monitoring
from components.settings.workload import Amounts
from tests.rules.scenes import Suite
from tests.rules.series import NAMESPACE
from tests.rules.shared.healthy import SERVICE, healthy
from tests.rules.shared.loud import LOUD
from tests.rules.shared.quiet import QUIET

_WATCHED = {"allowFrom": [{"namespace": "monitoring"}], "rules": True}
_STORE = {"bucket": "backups", "inheritFromIAMRole": True, "allowTo": [{"cidr": "0.0.0.0/0", "ports": [443]}]}
_LIMITS = Amounts(cpu="2", memory="1000Mi")
_PANELS = monitoring.graphs(alerts.cluster(NAMESPACE, SERVICE, 3), _LIMITS)
_RULES = monitoring.rules(
    Scope(NAMESPACE, {}, False, "cluster.local"),
    SERVICE,
    3,
    _LIMITS,
    Monitoring.model_validate(_WATCHED),
    Backup.model_validate({"s3": _STORE}),
)
# A base backup each day, of which the last is of the first minute, and two hours for taking it.
SHARED = Suite("shared", SERVICE, _RULES, _PANELS, healthy, LOUD, QUIET, fresh=125)
