"""Elastic Load Balancing: what the emulator's listeners and rules lose of their template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.plugin import Fill, Request
from factory.sandbox.types.refusal import RefusedError
from factory.sandbox.types.tags import tag_changes


def _fill_listener(request: Request, arn: str, old: Mapping[str, Any]) -> None:
    attributes = request.properties.get("ListenerAttributes") or []
    if attributes and attributes != old.get("ListenerAttributes"):
        request.client("elbv2").modify_listener_attributes(ListenerArn=arn, Attributes=attributes)


def _fill_rule(request: Request, arn: str, old: Mapping[str, Any]) -> None:
    elb = request.client("elbv2")
    _refuse_taken_priority(elb, request.properties, arn, old)
    gone, tags = tag_changes(old, request.properties)
    if gone:
        elb.remove_tags(ResourceArns=[arn], TagKeys=gone)
    if tags:
        elb.add_tags(ResourceArns=[arn], Tags=tags)
    # The emulator's own handler takes the first target group and drops how requests are shared out.
    if any("ForwardConfig" in action for action in (*request.properties["Actions"], *old.get("Actions", ()))):
        elb.modify_rule(**arguments(elb, "ModifyRule", {"RuleArn": arn, "Actions": request.properties["Actions"]}))


def _refuse_taken_priority(elb: Any, new: Mapping[str, Any], arn: str, old: Mapping[str, Any]) -> None:
    """Refuse a priority that another rule of the listener has; a rule that changed gets its old one back."""
    priority = str(new["Priority"])
    rules = elb.describe_rules(ListenerArn=new["ListenerArn"])["Rules"]
    if not any(rule["Priority"] == priority and rule["RuleArn"] != arn for rule in rules):
        return
    if old:
        elb.set_rule_priorities(RulePriorities=[{"RuleArn": arn, "Priority": int(old["Priority"])}])
    raise RefusedError(f"Priority '{priority}' is currently in use", code="PriorityInUse")


def forwarded(elb: Any) -> Iterator[tuple[str, str]]:
    """Go through the target groups that listeners and their rules send requests to, each with its load balancer."""
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        arn = balancer["LoadBalancerArn"]
        for listener in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]:
            actions = list(listener.get("DefaultActions", ()))
            for rule in elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]:
                actions += rule["Actions"]
            yield from ((arn, group) for group in named_groups(actions))


def named_groups(actions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Go through the target groups of actions, as templates and the API write them."""
    for action in actions:
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or ()
        yield from (group["TargetGroupArn"] for group in (action, *groups) if group.get("TargetGroupArn"))


FILLS = (
    Fill(name="AWS::ElasticLoadBalancingV2::Listener", apply=_fill_listener),
    Fill(name="AWS::ElasticLoadBalancingV2::ListenerRule", apply=_fill_rule, tagged=True),
)
