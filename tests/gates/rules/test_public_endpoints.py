"""House rule E9108: no store of data, and nothing that runs code, has an address on the internet."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

DATABASE = "AWS::RDS::DBInstance"


def brokers(kind: str) -> dict[str, Any]:
    return resource("AWS::MSK::Cluster", BrokerNodeGroupInfo={"ConnectivityInfo": {"PublicAccess": {"Type": kind}}})


@pytest.mark.parametrize(
    "good",
    [
        resource(DATABASE, PubliclyAccessible=False),
        resource("AWS::RDS::DBCluster"),
        resource("AWS::MSK::Cluster"),
        brokers("DISABLED"),
        resource("AWS::Lambda::Url", AuthType="AWS_IAM"),
        resource("AWS::OpenSearchService::Domain", VPCOptions={"SubnetIds": ["subnet-1"]}),
        resource("AWS::EC2::SnapshotBlockPublicAccess", State="block-all-sharing"),
    ],
)
def test_what_is_private_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9108", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(DATABASE), "PubliclyAccessible is not false"),
        (resource(DATABASE, PubliclyAccessible=True), "PubliclyAccessible is not false"),
        (resource(DATABASE, PubliclyAccessible={"Ref": "Wanted"}), "is not false when Wanted=true"),
        (resource("AWS::RDS::DBCluster", PubliclyAccessible="true"), "PubliclyAccessible is not false"),
        (resource("AWS::Redshift::Cluster", PubliclyAccessible=NOTHING), "PubliclyAccessible is not false"),
        (brokers("SERVICE_PROVIDED_EIPS"), "PublicAccess.Type is not DISABLED"),
        (resource("AWS::Lambda::Url", AuthType={"Fn::If": ["IsWanted", "NONE", "AWS_IAM"]}), "is not AWS_IAM when"),
        (resource("AWS::OpenSearchService::Domain"), "VPCOptions.SubnetIds is not set"),
        (resource("AWS::ECR::PublicRepository"), "its images are public"),
        (resource("AWS::EC2::SnapshotBlockPublicAccess", State="unblocked"), "State is not block-all-sharing"),
    ],
)
def test_what_is_public_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9108", bad, **IF_WANTED)
    assert message in found
