"""The verdict of the pack: each finding at its resource, waivers told, no secret's value anywhere."""

from typing import Any

import pytest
from contract_sets import app
from pulumi_policy import PolicyProviderResource, PolicyResource, PolicyResourceOptions, StackValidationArgs
from pulumi_policy.proxy import UNKNOWN_NUMBER_VALUE, UNKNOWN_STRING_VALUE, unknown_checking_proxy

from contracts import Waiver
from contracts.catalogue import CONTRACTS
from policy import sdk
from policy.families import FAMILIES, UNDECIDED, waivers
from policy.objects import UNKNOWN, Resource
from policy.policies import Stack, policies
from policy.verdict import findings, verdict

Body = dict[str, Any]
SECRETS = FAMILIES["secrets"][1]
VALUE = "Correct-Horse-Battery-1"


def secret(name: str) -> Body:
    meta = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {"PASSWORD": VALUE}}


def shop() -> Body:
    body = app()
    body["spec"]["template"]["spec"]["containers"][0]["envFrom"] = [{"secretRef": {"name": "shop-db"}}]
    return body


def resources(*bodies: Body, cluster: str = "") -> list[Resource]:
    return [
        Resource(f"urn:{body['kind']}", f"kubernetes:x:{body['kind']}", body["metadata"]["name"], body, cluster)
        for body in bodies
    ]


SLIP = (shop(), secret("shop-dbs"))


def test_a_finding_is_told_at_the_resource_that_has_to_change() -> None:
    (told,) = verdict(findings(resources(*SLIP)), SECRETS).broken
    assert told.urn == "urn:Deployment", "Pulumi shows it beside that resource"
    for word in ("S01", "Deployment shop/shop", "envFrom[0].secretRef.name", "Secret shop-dbs", "fix"):
        assert word in told.text, f"whoever reads the preview needs {word}"


def test_no_text_has_a_value_of_a_secret() -> None:
    found = findings(resources(*SLIP, {**secret("other"), "type": "kubernetes.io/tls"}))
    every = [verdict(found, numbers) for _, numbers in FAMILIES.values()]
    texts = [told.text for said in every for told in (*said.broken, *said.undecided)]
    assert len(texts) > 2, "a test of nothing"
    assert VALUE not in "".join(texts), "a preview ends up in the log of a pull request"


def test_a_waived_finding_is_told_with_its_reason_and_is_not_broken() -> None:
    said = verdict(findings(resources(*SLIP)), SECRETS, [Waiver("S01", "Deployment shop", "made by hand")])
    assert (said.broken, said.undecided) == ([], [])
    assert said.waived == ["waived: S01 Deployment shop/shop: made by hand"]


def test_a_waiver_that_matches_in_no_cluster_is_told() -> None:
    both = [*resources(*SLIP, cluster="east"), *resources(secret("unused"), cluster="west")]
    used, stale = Waiver("S01", "Deployment shop", "by hand"), Waiver("S02", "Deployment shop", "long ago")
    said = verdict(findings(both), SECRETS, [used, stale])
    assert [told.text.partition(":")[0] for told in said.undecided] == ["stale waiver"], "east uses the first one"
    assert "S02" in said.undecided[0].text
    assert said.broken == [], "one file of waivers may serve several stacks, so a stale one stops none"


def test_every_contract_is_of_one_family() -> None:
    numbers = [number for _, numbers in FAMILIES.values() for number in numbers]
    assert sorted(numbers) == sorted(contract.id for contract in CONTRACTS), "a contract of none is never told"


def test_a_setting_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="`wavers` is no setting of a policy; there are `waivers`"):
        waivers({"wavers": []})


def test_pulumis_sentinels_and_doubles_become_plain_values() -> None:
    proxy = unknown_checking_proxy(
        {"a": [1.0, 1.5, {"b": UNKNOWN_STRING_VALUE}], "c": UNKNOWN_NUMBER_VALUE, "__target": "x", "d": True, "e": None}
    )
    expected = {"a": [1, 1.5, {"b": UNKNOWN}], "c": UNKNOWN, "__target": "x", "d": True, "e": None}
    assert sdk.plain(proxy) == expected
    assert isinstance(sdk.plain(proxy)["a"][0], int), "a port of 80.0 is no port"


def given(body: Body, provider: Body | None = None, urn: str = "urn:p") -> PolicyResource:
    options = PolicyResourceOptions(False, [], None, [], None, [], None)  # pyright: ignore[reportArgumentType]
    made = provider is not None and PolicyProviderResource("p", unknown_checking_proxy(provider), urn, "p")
    props, name = unknown_checking_proxy(body), body["metadata"]["name"]
    token = f"kubernetes:x:{body['kind']}"
    return PolicyResource(token, props, f"urn:{body['kind']}", name, options, made or None, None, [], {})


def test_providers_of_one_cluster_make_one_set() -> None:
    same = [{"kubeconfig": "k", "namespace": "a"}, {"kubeconfig": "k", "version": "4"}]
    one, other = (sdk.resource(given(secret("s"), provider)).cluster for provider in same)
    assert one == other, "the namespace that a provider puts things in does not make a cluster"
    assert one != "k", "a kubeconfig holds credentials"
    assert sdk.resource(given(secret("s"), {"kubeconfig": "l"})).cluster != one
    later = [sdk.resource(given(secret("s"), {"kubeconfig": UNKNOWN_STRING_VALUE}, urn)).cluster for urn in ("1", "2")]
    assert later[0] != later[1], "two clusters that are made in this update are not one"


def asked(*bodies: Body, disabled: str = "", **config: Any) -> dict[str, list[tuple[str, str | None]]]:
    stack, said = Stack(), {}
    for name in [*FAMILIES, UNDECIDED]:
        if name != disabled:
            said[name] = []
            args = StackValidationArgs([given(body) for body in bodies], config.get(name))
            report = lambda text, urn=None, to=said[name]: to.append((text, urn))  # noqa: E731
            stack.undecided(args, report) if name == UNDECIDED else stack.family(name, args, report)
    return said


def test_each_family_tells_its_own_and_the_last_policy_what_they_left_open() -> None:
    said = asked(*SLIP)
    assert [text[:3] for text, _ in said["secrets"]] == ["S01"] and said["wiring"] == []
    assert all(text.startswith("X") for text, _ in said["security"]) and said["security"]
    said = asked(shop())
    assert said["secrets"] == [] and [text[:3] for text, _ in said[UNDECIDED]] == ["S01"], "nobody can tell from here"


def test_a_disabled_family_is_not_told_by_another_policy(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(shop(), disabled="secrets")[UNDECIDED] == []
    waiver = {"contract": "S01", "object": "Deployment shop", "reason": "made by hand"}
    assert asked(shop(), secrets={"waivers": [waiver]})[UNDECIDED] == []
    assert capsys.readouterr().out == "waived: S01 Deployment shop/shop: made by hand\n", "said at every run"


def test_a_program_that_changes_between_preview_and_update_is_judged_anew() -> None:
    stack, told = Stack(), []
    for bodies in (SLIP, (shop(), secret("shop-db"))):
        told.clear()
        args = StackValidationArgs([given(body) for body in bodies])
        stack.family("secrets", args, lambda text, urn=None: told.append(text))
    assert told == [], "the first verdict was kept"


def test_the_last_policy_is_the_one_for_what_is_left() -> None:
    assert [policy.name for policy in policies()][-1] == UNDECIDED, "Pulumi asks them in this order"
