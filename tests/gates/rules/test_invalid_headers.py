"""House rule E9223: load balancers let no malformed request through."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

DROPS = {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"}


def balancer(*attributes: Any, kind: str = "application") -> dict[str, Any]:
    properties = {"Type": kind, "LoadBalancerAttributes": list(attributes)}
    return resource("AWS::ElasticLoadBalancingV2::LoadBalancer", **properties)


def mode(value: str) -> dict[str, Any]:
    return {"Key": "routing.http.desync_mitigation_mode", "Value": value}


@pytest.mark.parametrize("good", [balancer(DROPS), balancer(mode("strictest"), DROPS), balancer(kind="network")])
def test_a_strict_balancer_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9223", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (balancer(), "drop_invalid_header_fields.enabled] is not true"),
        (resource("AWS::ElasticLoadBalancingV2::LoadBalancer"), "drop_invalid_header_fields.enabled] is not true"),
        (balancer({**DROPS, "Value": "false"}), "drop_invalid_header_fields.enabled] is not true"),
        (balancer({**DROPS, "Value": {"Ref": "Wanted"}}), "is not true when Wanted=false"),
        (balancer(DROPS, {**DROPS, "Value": "false"}), "drop_invalid_header_fields.enabled] is not true"),
        (balancer(DROPS, mode("monitor")), "desync_mitigation_mode] is not one of defensive, strictest"),
    ],
)
def test_a_lax_balancer_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9223", bad, **IF_WANTED)
    assert message in found
