"""House rule E9211: the internet comes in through a public load balancer's web ports and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask

GROUP, RULE = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"
IT = {"Fn::GetAtt": ["It", "GroupId"]}
WORLD = "0.0.0.0/0"
SECTIONS: dict[str, Any] = {
    **IF_WANTED,
    "Parameters": {
        **IF_WANTED["Parameters"],
        "Range": {"Type": "String", "Default": "10.0.0.0/8"},
        "Private": {"Type": "String", "AllowedPattern": r"10\..+"},
        "VpcCidr": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/platform/main/network/vpc-cidr"},
        "Port": {"Type": "Number", "MinValue": 1, "MaxValue": 65535},
    },
}


def opening(port: Any, cidr: Any = WORLD, **more: Any) -> dict[str, Any]:
    source = {} if cidr is None else {"CidrIp": cidr}
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source, **more}


def group(*rules: Any, scheme: Any = None, **more: Any) -> dict[str, Any]:
    """The group, with a load balancer of this scheme that has it."""
    it = {"It": {"Type": GROUP, "Properties": {"SecurityGroupIngress": list(rules)}}}
    properties = {"SecurityGroups": [IT], "Scheme": scheme}
    balancer = {"Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": properties}}
    return {**it, **(balancer if scheme else {}), **more}


def rule(scheme: Any = None, **properties: Any) -> dict[str, Any]:
    return group(scheme=scheme, Rule={"Type": RULE, "Properties": {"GroupId": IT, **properties}})


def prefix_list(cidr: str) -> dict[str, Any]:
    return {"List": {"Type": "AWS::EC2::PrefixList", "Properties": {"Entries": [{"Cidr": cidr}]}}}


LISTED = opening(5432, None, SourcePrefixListId={"Fn::GetAtt": ["List", "PrefixListId"]})


@pytest.mark.parametrize(
    "good",
    [
        group(opening(443), opening(80), scheme="internet-facing"),
        group(opening(443, None, CidrIpv6="::/0"), scheme="internet-facing"),
        group(
            opening(443, {"Fn::If": ["IsWanted", "10.0.0.0/8", WORLD]}),
            scheme={"Fn::If": ["IsWanted", "internal", "internet-facing"]},
        ),
        group(opening(5432, "10.0.0.0/16")),
        group(opening(5432, {"Ref": "VpcCidr"}), opening(5432, {"Ref": "Private"})),
        group(opening(5432, {"Fn::GetAtt": ["Vpc", "CidrBlock"]})),
        group(opening(5432, None, SourceSecurityGroupId="sg-1")),
        group(LISTED, **prefix_list("10.0.0.0/16")),
        rule(scheme="internet-facing", **opening(443)),
    ],
)
def test_what_the_internet_may_reach_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9211", good, **SECTIONS) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (group(opening(22)), "the internet is let in to port 22"),
        (group(opening(443)), "the internet is let in to port 443"),
        (group(opening(443), scheme="internal"), "the internet is let in to port 443"),
        (group(opening(8080), scheme="internet-facing"), "let in to port 8080"),
        (group(opening(443), scheme={"Fn::If": ["IsWanted", "internal", "internet-facing"]}), "443 when Wanted=true"),
        (group(opening(5432, None, CidrIpv6="::/0")), "let in to port 5432"),
        (group(opening(5432, "0.0.0.0/1"), opening(5432, "10.0.0.0/16")), "let in to port 5432"),
        (group(opening(5432, {"Ref": "Range"})), "let in to port 5432 when Range=⟦Range⟧"),
        (group(opening(5432, {"Fn::Sub": "${Range}"})), "let in to port 5432 when Range=⟦Range⟧"),
        (group(opening(5432, {"Fn::Join": ["", [{"Ref": "Range"}]]})), "let in to port 5432 when Range=⟦Range⟧"),
        (group(opening(5432, {"Fn::Join": ["/", ["10.0.0.0", {"Ref": "Range"}]]})), "let in to port 5432 when Range"),
        (group({"Fn::If": ["IsWanted", opening(22), NOTHING]}), "let in to port 22 when Wanted=true"),
        (group({"IpProtocol": "-1", "CidrIp": WORLD}, scheme="internet-facing"), "let in to all ports"),
        (group({**opening(80), "ToPort": 443}, scheme="internet-facing"), "let in to ports 80 to 443"),
        (group({**opening(443), "IpProtocol": "icmp"}, scheme="internet-facing"), "let in to protocol icmp"),
        (group(opening({"Ref": "Port"})), "let in to port 1 when Port=1"),
        (group(LISTED, **prefix_list(WORLD)), "let in to port 5432"),
        (group(opening(5432, None, SourcePrefixListId="pl-1")), "let in to port 5432"),
        (rule(**opening(22)), "let in to port 22"),
        (rule(scheme="internet-facing", **opening(3389)), "let in to port 3389"),
        ({"Rule": {"Type": RULE, "Properties": {"GroupId": "sg-1", **opening(443)}}}, "let in to port 443"),
    ],
)
def test_any_other_way_in_is_found(bad: dict[str, Any], message: str) -> None:
    assert any(message in found for found in ask("E9211", bad, **SECTIONS))
