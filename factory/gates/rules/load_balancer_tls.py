"""House rule: load balancers speak modern TLS, and plain HTTP only to say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from factory.gates import house
from factory.gates.controls import SPEAKS_MODERN_TLS
from factory.gates.resources import Resource

# Of the policies for ALB and NLB, those that take TLS 1.3 and nothing below 1.2.
_POLICY = re.compile(r"ELBSecurityPolicy-TLS13-1-[23]-.+")
_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
_CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
_TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"


class LoadBalancerTls(house.HouseRule):
    """Listeners speak TLS 1.2 or 1.3; one of plain HTTP does nothing but redirect to HTTPS."""

    id = "E9201"
    shortdesc = "TLS on load balancers"
    description = "On a plain listener, and under old versions of TLS, passwords and data are read on the way."
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"
    mend = "Take products.parts.load_balancers.listeners, or an ELBSecurityPolicy-TLS13-1-2 policy and a redirect."
    controls = SPEAKS_MODERN_TLS
    types = frozenset({_LISTENER, _RULE, _CLASSIC})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the protocol, then at what goes with it."""
        match resource.type:
            case _ if resource.type == _CLASSIC:
                for protocol in resource.every("Listeners.*.Protocol"):
                    if str(protocol).upper() not in {"HTTPS", "SSL"}:
                        yield house.Problem(message=f"a listener speaks {protocol} and not TLS", at="Listeners")
            case _ if resource.type == _RULE:
                listeners = resource.world.resources(_LISTENER)
                of_plain = any(
                    item.get("Protocol") == "HTTP" and item.is_meant_by(resource.get("ListenerArn"))
                    for item in listeners
                )
                if of_plain and not _redirects(resource.items("Actions")):
                    yield house.Problem(message="it answers on plain HTTP", at="Actions")
            case _:
                yield from _listener(resource)


def _listener(resource: Resource) -> Iterator[house.Problem]:
    protocol, policy = resource.get("Protocol"), resource.get("SslPolicy")
    speaks_tls = protocol in {"HTTPS", "TLS"}
    if (speaks_tls or policy is not None) and not (isinstance(policy, str) and _POLICY.fullmatch(policy)):
        yield house.Problem(message=f"{policy or 'the default policy'} is not TLS 1.2 and 1.3 only", at="SslPolicy")
    if speaks_tls:
        return
    if protocol == "HTTP":
        if not _redirects(resource.items("DefaultActions")):
            yield house.Problem(message="it answers on plain HTTP", at="DefaultActions")
    elif not _passes_to_balancer(resource):
        yield house.Problem(message=f"it speaks {protocol} and not TLS", at="Protocol")


def _redirects(actions: list[Any]) -> bool:
    return bool(actions) and all(
        isinstance(action, dict)
        and action.get("Type") == "redirect"
        and action.get("RedirectConfig", {}).get("Protocol") == "HTTPS"
        for action in actions
    )


def _passes_to_balancer(listener: Resource) -> bool:
    """Whether TCP goes on, as it is, to an application load balancer, whose listeners are held to the same."""
    targets = [target for target in listener.every("DefaultActions.*.TargetGroupArn") if target is not None]
    groups = list(listener.world.resources(_TARGETS))
    return bool(targets) and all(
        any(group.is_meant_by(target) and group.get("TargetType") == "alb" for group in groups) for target in targets
    )
