"""What a web ACL protects and where it logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Aws = Callable[[str], Any]


def web_acl(name: str) -> dict[str, Any]:
    visible = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}
    return {
        "Type": "AWS::WAFv2::WebACL",
        "Properties": {
            "Name": name,
            "Scope": "REGIONAL",
            "DefaultAction": {"Allow": {}},
            "VisibilityConfig": visible,
        },
    }


def subnet(number: int) -> dict[str, Any]:
    zone = {"Fn::Select": [number, {"Fn::GetAZs": ""}]}
    properties = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": f"10.0.{number}.0/24", "AvailabilityZone": zone}
    return {"Type": "AWS::EC2::Subnet", "Properties": properties}


EDGE = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "A": subnet(1),
    "B": subnet(2),
    "Balancer": {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Scheme": "internal", "Subnets": [{"Ref": "A"}, {"Ref": "B"}]},
    },
    "One": web_acl("one"),
    "Two": web_acl("two"),
}


def association(acl: str, resource: Any = None) -> dict[str, Any]:
    properties = {
        "ResourceArn": resource or {"Ref": "Balancer"},
        "WebACLArn": {"Fn::GetAtt": [acl, "Arn"]},
    }
    return {"Use": {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": properties}}


def protecting(stacks: Any, aws: Aws) -> str | None:
    wafv2 = aws("wafv2")
    try:
        found = wafv2.get_web_acl_for_resource(ResourceArn=stacks.resource("waf", "Balancer"))
    except wafv2.exceptions.WAFNonexistentItemException:
        return None
    return str(found["WebACL"]["Name"])


def test_a_load_balancer_has_one_web_acl_at_a_time(stacks: Any, aws: Aws) -> None:
    assert stacks.put("waf", {**EDGE, **association("One")}) == "CREATE_COMPLETE", stacks.reasons("waf")
    assert protecting(stacks, aws) == "one"

    assert stacks.put("waf", {**EDGE, **association("Two")}) == "UPDATE_COMPLETE", stacks.reasons("waf")
    assert protecting(stacks, aws) == "two"

    assert stacks.put("waf", EDGE) == "UPDATE_COMPLETE", stacks.reasons("waf")
    assert protecting(stacks, aws) is None


def test_what_is_protected_must_exist(stacks: Any) -> None:
    missing = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/gone/0123456789abcdef"

    assert stacks.put("waf", {**EDGE, **association("One", missing)}) == "ROLLBACK_COMPLETE"
    assert "LoadBalancer" in stacks.reasons("waf")


def logging(group: str, acl: Any = None, name: str = "one") -> dict[str, Any]:
    destination = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
    properties = {
        "ResourceArn": acl or {"Fn::GetAtt": ["One", "Arn"]},
        "LogDestinationConfigs": [destination],
    }
    return {
        "One": web_acl(name),
        "Log": {"Type": "AWS::WAFv2::LoggingConfiguration", "Properties": properties},
    }


def test_logs_go_to_a_destination_with_the_reserved_name(stacks: Any) -> None:
    assert stacks.put("waf", logging("aws-waf-logs-edge")) == "CREATE_COMPLETE", stacks.reasons("waf")
    assert ":regional/webacl/one/" in stacks.resource("waf", "Log")

    assert stacks.put("wrong", logging("edge", name="two")) == "ROLLBACK_COMPLETE"
    assert "must start with aws-waf-logs-" in stacks.reasons("wrong")


def test_only_a_web_acl_that_exists_can_log(stacks: Any) -> None:
    gone = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/gone/00000000-0000-0000-0000-000000000000"

    assert stacks.put("waf", logging("aws-waf-logs-edge", gone)) == "ROLLBACK_COMPLETE"
    assert "WAFNonexistentItemException" in stacks.reasons("waf")
