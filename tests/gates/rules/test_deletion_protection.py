"""House rule E9502: production can't be deleted by one call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

ENVIRONMENT = {"Type": "String", "AllowedValues": ["dev", "prod", "dr"]}
SECTIONS: dict[str, Any] = {
    "Parameters": {**IF_WANTED["Parameters"], "Environment": ENVIRONMENT},
    "Conditions": {
        **IF_WANTED["Conditions"],
        "IsDev": {"Fn::Equals": [{"Ref": "Environment"}, "dev"]},
        "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
    },
}
DATABASE = "AWS::RDS::DBInstance"


def balancer(protected: Any) -> dict[str, Any]:
    attributes = [{"Key": "deletion_protection.enabled", "Value": protected}]
    return resource("AWS::ElasticLoadBalancingV2::LoadBalancer", LoadBalancerAttributes=attributes)


@pytest.mark.parametrize(
    "good",
    [
        resource(DATABASE, DeletionProtection=True),
        resource(DATABASE, DeletionProtection={"Fn::If": ["IsDev", False, True]}),
        resource(DATABASE, DBClusterIdentifier="aurora"),
        balancer({"Fn::If": ["IsDev", "false", "true"]}),
        resource("AWS::Cognito::UserPool", DeletionProtection="ACTIVE"),
        {"It": {"Type": DATABASE, "Condition": "IsDev"}},
    ],
)
def test_protection_in_production_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9502", good, **SECTIONS) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(DATABASE), "DeletionProtection is not true when Environment="),
        (resource(DATABASE, DeletionProtection={"Fn::If": ["IsProd", True, False]}), "not true when Environment=dr"),
        (resource(DATABASE, DeletionProtection={"Ref": "Wanted"}), "is not true when Environment="),
        (balancer("false"), "[deletion_protection.enabled] is not true"),
        (resource("AWS::Cognito::UserPool", DeletionProtection="INACTIVE"), "DeletionProtection is not ACTIVE"),
        (resource("AWS::DynamoDB::Table"), "DeletionProtectionEnabled is not true"),
    ],
)
def test_unprotected_production_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9502", bad, **SECTIONS)
    assert message in found


def test_a_rule_of_the_template_may_close_the_branch() -> None:
    in_production = {"Fn::Contains": [["prod", "dr"], {"Ref": "Environment"}]}
    wanted = [{"Assert": {"Fn::Equals": [{"Ref": "Wanted"}, "true"]}}]
    rules = {"Rules": {"Protected": {"RuleCondition": in_production, "Assertions": wanted}}}
    assert ask("E9502", resource(DATABASE, DeletionProtection={"Ref": "Wanted"}), **SECTIONS, **rules) == []


@pytest.mark.parametrize(
    ("default", "values", "findings"),
    [("true", ["true", "lifted"], 0), ("lifted", ["true", "lifted"], 1), ("true", ["true", "false", "lifted"], 1)],
)
def test_protection_may_be_lifted_and_is_never_so_by_default(default: str, values: list[str], findings: int) -> None:
    wanted = {"Type": "String", "AllowedValues": values, "Default": default}
    sections = {
        "Parameters": {**SECTIONS["Parameters"], "Wanted": wanted},
        "Conditions": {"IsWanted": {"Fn::Equals": [{"Ref": "Wanted"}, "true"]}},
    }
    database = resource(DATABASE, DeletionProtection={"Fn::If": ["IsWanted", True, False]})
    assert len(ask("E9502", database, **sections)) == findings


def test_a_template_without_environments_is_meant_for_production_too() -> None:
    assert len(ask("E9502", resource(DATABASE, DeletionProtection=False))) == 1
