"""A rollout that nobody notices: what a pod does between «you will end» and its end."""

import plans
import pytest

from components.app import DRAIN_SECONDS


@pytest.mark.parametrize("stack", plans.STACKS)
def test_a_pod_of_an_app_serves_on_for_a_moment_and_then_has_all_its_time_to_end(stack):
    for manifest in plans.plan(stack).manifests:
        if manifest.kind != "Deployment" or manifest.name not in plans.system(stack).apps:
            continue
        spec = manifest.body["spec"]["template"]["spec"]
        own = plans.system(stack).apps[manifest.name].shutdown_seconds
        (container,) = spec["containers"]
        assert container["lifecycle"]["preStop"] == {"sleep": {"seconds": DRAIN_SECONDS}}, (
            f"{manifest.name}: requests still come until every proxy knows that the pod ends"
        )
        assert spec["terminationGracePeriodSeconds"] == DRAIN_SECONDS + own, (
            f"{manifest.name}: the grace period runs during preStop too, so the app's own time is added to it"
        )
