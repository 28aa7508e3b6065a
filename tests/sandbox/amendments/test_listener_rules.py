"""Listener rules through Elastic Load Balancing's API: how they share requests out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Aws = Callable[[str], Any]


@pytest.fixture
def listener(aws: Aws) -> str:
    ec2, elb = aws("ec2"), aws("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    balancer = elb.create_load_balancer(
        Name="main", Subnets=[subnet["SubnetId"] for subnet in subnets], Scheme="internal"
    )["LoadBalancers"][0]["LoadBalancerArn"]
    nobody = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    made = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=nobody)
    return str(made["Listeners"][0]["ListenerArn"])


def test_weights_are_shown_as_they_were_given_last(aws: Aws, listener: str) -> None:
    elb = aws("elbv2")
    vpc = aws("ec2").describe_vpcs()["Vpcs"][-1]["VpcId"]
    first, second = (
        elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")["TargetGroups"][0][
            "TargetGroupArn"
        ]
        for name in ("blue", "green")
    )

    def shares(*weights: int) -> list[dict[str, Any]]:
        groups = zip((first, second), weights, strict=True)
        return [{"TargetGroupArn": group, "Weight": weight} for group, weight in groups]

    def forward(*weights: int) -> list[dict[str, Any]]:
        return [{"Type": "forward", "ForwardConfig": {"TargetGroups": shares(*weights)}}]

    def shown() -> dict[str, Any]:
        (found,) = elb.describe_rules(RuleArns=[rule])["Rules"]
        action: dict[str, Any] = found["Actions"][0]
        return action

    path = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}]
    made = elb.create_rule(ListenerArn=listener, Priority=1, Conditions=path, Actions=forward(100, 0))["Rules"][0]
    rule = made["RuleArn"]
    assert made["Actions"][0]["ForwardConfig"]["TargetGroups"] == shares(100, 0)

    elb.modify_rule(RuleArn=rule, Actions=forward(10, 90))
    assert shown()["ForwardConfig"]["TargetGroups"] == shares(10, 90)
    assert "TargetGroupArn" not in shown()

    elb.modify_rule(RuleArn=rule, Conditions=path)
    assert shown()["ForwardConfig"]["TargetGroups"] == shares(10, 90)

    elb.modify_rule(RuleArn=rule, Actions=[{"Type": "forward", "TargetGroupArn": second}])
    assert shown()["TargetGroupArn"] == second
    assert "ForwardConfig" not in shown()
