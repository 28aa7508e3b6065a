"""House rule E9224: what the internet reaches is behind a web firewall."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask

BALANCER, API, STAGE = (
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
)
OF_STAGE = {"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${It}"}
BY_NAME = {"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/live"}


def reached(kind: str, guarded: Any = None, condition: str | None = None, **properties: Any) -> dict[str, Any]:
    """The resource, and an association of this ARN with a web ACL."""
    association: dict[str, Any] = {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": {"ResourceArn": guarded}}
    if condition:
        association["Condition"] = condition
    it = {"It": {"Type": kind, "Properties": properties}}
    return {**it, **({"Association": association} if guarded else {})}


def stage(guarded: Any = None, kinds: Any = ("REGIONAL",)) -> dict[str, Any]:
    api = {"Type": API, "Properties": {"EndpointConfiguration": {"Types": list(kinds)}}}
    return {"Api": api, **reached(STAGE, guarded, RestApiId={"Ref": "Api"}, StageName="live")}


def distribution(acl: Any) -> dict[str, Any]:
    return reached("AWS::CloudFront::Distribution", DistributionConfig={"WebACLId": acl})


@pytest.mark.parametrize(
    "good",
    [
        reached(BALANCER, {"Ref": "It"}, Scheme="internet-facing"),
        reached(BALANCER, Scheme="internal"),
        reached(BALANCER, Type="network"),
        stage(OF_STAGE),
        stage(BY_NAME),
        stage(kinds=["PRIVATE"]),
        distribution({"Fn::GetAtt": ["Acl", "Arn"]}),
        reached("AWS::Cognito::UserPool", {"Fn::GetAtt": ["It", "Arn"]}),
        reached("AWS::WAFv2::WebACL", Rules=[{"Name": "common"}]),
    ],
)
def test_a_guarded_resource_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9224", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (reached(BALANCER), "the internet reaches it without a web ACL"),
        (reached(BALANCER, {"Ref": "Other"}), "the internet reaches it without a web ACL"),
        (reached(BALANCER, {"Ref": "It"}, "IsWanted"), "without a web ACL when Wanted=false"),
        (reached(BALANCER, Scheme={"Fn::If": ["IsWanted", "internal", NOTHING]}), "a web ACL when Wanted=false"),
        (stage(), "the internet reaches it without a web ACL"),
        (stage({"Fn::Sub": "arn:aws:apigateway:eu-west-1::/restapis/${Api}/stages/other"}), "without a web ACL"),
        (distribution(NOTHING), "it has no web ACL"),
        (distribution({"Fn::If": ["IsWanted", "arn", ""]}), "it has no web ACL when Wanted=false"),
        (reached("AWS::AppSync::GraphQLApi"), "without a web ACL"),
        (reached("AWS::Cognito::UserPool"), "without a web ACL"),
        (reached("AWS::WAFv2::WebACL", Rules=[{"Fn::If": ["IsWanted", {"Name": "common"}, NOTHING]}]), "has no rules"),
    ],
)
def test_an_unguarded_resource_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9224", bad, **IF_WANTED)
    assert message in found
