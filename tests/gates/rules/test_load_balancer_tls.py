"""House rule E9201: load balancers speak modern TLS, and plain HTTP only to say so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
MODERN = "ELBSecurityPolicy-TLS13-1-2-2021-06"
FORWARD = [{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}]
REDIRECT = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}]
TO_HTTP = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTP", "StatusCode": "HTTP_301"}}]


def listener(protocol: str, actions: Any = FORWARD, **more: Any) -> dict[str, Any]:
    return resource(LISTENER, Protocol=protocol, DefaultActions=actions, **more)


def targets(kind: str) -> dict[str, Any]:
    return {"Targets": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"TargetType": kind}}}


def rule(actions: Any, protocol: Any) -> dict[str, Any]:
    listens = {"Type": LISTENER, "Properties": {"Protocol": protocol, "DefaultActions": REDIRECT, "SslPolicy": MODERN}}
    properties = {"ListenerArn": {"Ref": "Listener"}, "Actions": actions}
    return {"Listener": listens, "It": {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": properties}}


@pytest.mark.parametrize(
    "good",
    [
        listener("HTTPS", SslPolicy=MODERN),
        listener("TLS", SslPolicy="ELBSecurityPolicy-TLS13-1-3-2021-06"),
        listener("HTTPS", SslPolicy="ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"),
        listener("HTTP", REDIRECT),
        {**listener("TCP"), **targets("alb")},
        rule(FORWARD, "HTTPS"),
        rule(REDIRECT, "HTTP"),
        resource("AWS::ElasticLoadBalancing::LoadBalancer", Listeners=[{"Protocol": "HTTPS"}]),
    ],
)
def test_tls_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9201", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (listener("HTTPS"), "the default policy is not TLS 1.2 and 1.3 only"),
        (listener("HTTPS", SslPolicy="ELBSecurityPolicy-2016-08"), "ELBSecurityPolicy-2016-08 is not TLS 1.2"),
        (listener("TLS", SslPolicy="ELBSecurityPolicy-TLS13-1-0-2021-06"), "is not TLS 1.2"),
        (listener("HTTPS", SslPolicy={"Ref": "Free"}), "is not TLS 1.2 and 1.3 only"),
        (listener("HTTPS", SslPolicy={"Fn::If": ["IsWanted", MODERN, NOTHING]}), "the default policy is not TLS"),
        (listener("HTTP"), "it answers on plain HTTP"),
        (listener("HTTP", TO_HTTP), "it answers on plain HTTP"),
        (listener("HTTP", [*REDIRECT, *FORWARD]), "it answers on plain HTTP"),
        (listener("HTTP", {"Fn::If": ["IsWanted", REDIRECT, FORWARD]}), "it answers on plain HTTP when Wanted=false"),
        (listener("TCP"), "it speaks TCP and not TLS"),
        ({**listener("TCP"), **targets("ip")}, "it speaks TCP and not TLS"),
        (rule(FORWARD, "HTTP"), "it answers on plain HTTP"),
        (rule(FORWARD, {"Fn::If": ["IsWanted", "HTTPS", "HTTP"]}), "it answers on plain HTTP when Wanted=false"),
        (
            resource("AWS::ElasticLoadBalancing::LoadBalancer", Listeners=[{"Protocol": "SSL"}, {"Protocol": "TCP"}]),
            "a listener speaks TCP",
        ),
    ],
)
def test_plain_and_old_protocols_are_found(bad: dict[str, Any], message: str) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], "Free": {"Type": "String", "Default": MODERN}}}
    assert any(message in found for found in ask("E9201", bad, **sections))
