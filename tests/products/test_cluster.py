"""What whoever launches a cluster, or a service on it, relies on."""

from __future__ import annotations

from typing import Any

import pytest

from factory.synthesis.artifact import synthesize
from products.cluster import EcsCluster
from products.parts import contract
from tests.products.launching import Launched


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return synthesize(EcsCluster).template


def properties(template: dict[str, Any], title: str) -> dict[str, Any]:
    return template["Resources"][title]["Properties"]


def test_a_service_that_needs_a_balancer_finds_no_listener_where_there_is_none(template: dict[str, Any]) -> None:
    conditional = {
        resource["Properties"]["Name"]["Fn::Sub"].rpartition("/")[2]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::SSM::Parameter" and resource.get("Condition") == "HasBalancer"
    }
    assert conditional == {
        contract.LISTENER_ARN.name,
        contract.BALANCER_SECURITY_GROUP.name,
        contract.BALANCER_FULL_NAME.name,
        contract.BALANCER_DNS_NAME.name,
        contract.PRIORITY_FUNCTION_ARN.name,
    }


def test_new_versions_are_tested_by_whom_the_launch_names() -> None:
    def testers(**given: str) -> list[str]:
        launched = Launched(EcsCluster, DomainName="example.com", VpcCidr="10.0.0.0/16", **given)
        rules = launched.of_type("AWS::EC2::SecurityGroupIngress").values()
        assert all(rule["FromPort"] == rule["ToPort"] == 8443 for rule in rules)
        return [rule.get("CidrIp") or rule["SourceSecurityGroupId"] for rule in rules]

    assert testers() == ["10.0.0.0/16"]
    assert testers(TestAccess="203.0.113.7/32") == ["203.0.113.7/32"]
    assert testers(TestAccess="sg-0123456789abcdef0") == ["sg-0123456789abcdef0"]
    assert testers(TestAccess="none") == []
    without = Launched(EcsCluster, DomainName="example.com", TestAccess="none")
    assert "TestListener" not in without
    assert "TestListenerArnContract" not in without


def test_the_test_listener_is_as_strict_as_the_other(template: dict[str, Any]) -> None:
    own, tests = properties(template, "HttpsListener"), properties(template, "TestListener")
    assert {**own, "Port": 0} == {**tests, "Port": 0}


def test_the_balancer_is_protected_in_prod_only(template: dict[str, Any]) -> None:
    protection = {name: sizes["DeletionProtection"] for name, sizes in template["Mappings"]["Sizing"].items()}
    assert protection["prod"] == "true"
    assert protection["dev"] == "false"


def test_the_world_reaches_web_ports_and_the_balancer_reaches_services_only(template: dict[str, Any]) -> None:
    group = properties(template, "BalancerSecurityGroup")
    web = group["SecurityGroupIngress"]
    assert [rule["FromPort"] for rule in web] == [80, 443]
    assert all(rule["CidrIp"] == {"Fn::If": ["IsInternal", {"Ref": "VpcCidr"}, "0.0.0.0/0"]} for rule in web)
    (out,) = group["SecurityGroupEgress"]
    assert out["DestinationSecurityGroupId"] == {"Fn::GetAtt": ["ServiceSecurityGroup", "GroupId"]}


def test_plain_http_is_only_redirected(template: dict[str, Any]) -> None:
    (action,) = properties(template, "HttpListener")["DefaultActions"]
    assert action["Type"] == "redirect"
    assert properties(template, "HttpsListener")["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-Res")


def test_counting_still_blocks_known_exploits(template: dict[str, Any]) -> None:
    rules = [rule for rule in properties(template, "Firewall")["Rules"] if "Name" in rule]
    fixed = [rule["Name"] for rule in rules if rule.get("OverrideAction") == {"None": {}}]
    assert fixed == ["AWSManagedRulesKnownBadInputsRuleSet"]
    assert {rule["Name"] for rule in rules} >= {
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesSQLiRuleSet",
        "AWSManagedRulesAmazonIpReputationList",
        "RequestsPerAddress",
    }


def test_what_outlives_the_stack_carries_its_id(template: dict[str, Any]) -> None:
    logs = template["Resources"]["FirewallLogs"]
    assert logs["DeletionPolicy"] == "RetainExceptOnCreate"
    text, variables = logs["Properties"]["LogGroupName"]["Fn::Sub"]
    assert text.startswith("aws-waf-logs-")
    assert variables["Unique"] == {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}
