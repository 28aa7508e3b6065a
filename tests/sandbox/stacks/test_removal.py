"""Resources that cannot be removed: protected, full, or in use by another stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Launches

NETWORK: dict[str, Any] = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "SubnetA": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a"},
    },
    "SubnetB": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "us-east-1b"},
    },
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "Anything"},
    },
}


def balancer(protected: str) -> dict[str, Any]:
    attributes = [{"Key": "deletion_protection.enabled", "Value": protected}]
    subnets = [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}]
    properties = {"Scheme": "internal", "Subnets": subnets, "LoadBalancerAttributes": attributes}
    return {
        "Resources": {
            **NETWORK,
            "Kept": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": properties},
        }
    }


def table(protected: bool) -> dict[str, Any]:
    properties = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": protected,
    }
    return {"Resources": {"Kept": {"Type": "AWS::DynamoDB::Table", "Properties": properties}}}


def database(protected: bool) -> dict[str, Any]:
    properties = {
        "AllocatedStorage": "20",
        "DBInstanceClass": "db.t3.micro",
        "Engine": "postgres",
        "MasterUsername": "administrator",
        "ManageMasterUserPassword": True,
        "DeletionProtection": protected,
    }
    return {
        "Resources": {"Kept": {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "Properties": properties}}
    }


@pytest.mark.parametrize(
    ("protected", "open_to_it", "reason"),
    [
        (balancer("true"), balancer("false"), "cannot be deleted because deletion protection is enabled"),
        (table(True), table(False), "Resource cannot be deleted as it is currently protected against deletion."),
        (database(True), database(False), "Cannot delete protected DB Instance"),
    ],
    ids=["load balancer", "table", "database"],
)
def test_a_protected_resource_stays_until_it_is_no_more(
    launches: Launches, protected: dict[str, Any], open_to_it: dict[str, Any], reason: str
) -> None:
    assert launches.create("protected", protected) == "CREATE_COMPLETE"
    assert launches.delete("protected") == "DELETE_FAILED"
    assert reason in " ".join(launches.reasons("protected"))

    assert launches.create("other", open_to_it) == "CREATE_COMPLETE"
    assert launches.delete("other") == "DELETE_COMPLETE"


def test_a_bucket_that_holds_objects_stays(launches: Launches, aws: Callable[[str], Any]) -> None:
    assert launches.create("full", {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}) == "CREATE_COMPLETE"
    bucket = launches.resource("full", "Bucket")
    aws("s3").put_object(Bucket=bucket, Key="kept", Body=b"content")

    assert launches.delete("full") == "DELETE_FAILED"
    assert launches.reasons("full") == [
        "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
    ]
    assert aws("s3").get_object(Bucket=bucket, Key="kept")["Body"].read() == b"content"

    aws("s3").delete_object(Bucket=bucket, Key="kept")
    assert launches.delete("full") == "DELETE_COMPLETE"


def test_a_bucket_that_holds_only_old_versions_stays(launches: Launches, aws: Callable[[str], Any]) -> None:
    versioned = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}
    assert launches.create("versioned", {"Resources": {"Bucket": versioned}}) == "CREATE_COMPLETE"
    bucket = launches.resource("versioned", "Bucket")
    aws("s3").put_object(Bucket=bucket, Key="kept", Body=b"content")
    aws("s3").delete_object(Bucket=bucket, Key="kept")
    assert launches.delete("versioned") == "DELETE_FAILED"


def test_a_repository_that_holds_images_stays(launches: Launches, aws: Callable[[str], Any]) -> None:
    repository = {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "full"}}
    assert launches.create("images", {"Resources": {"Repository": repository}}) == "CREATE_COMPLETE"
    manifest = json.dumps({"schemaVersion": 2, "config": {"digest": "sha256:" + "0" * 64}, "layers": []})
    aws("ecr").put_image(repositoryName="full", imageManifest=manifest, imageTag="first")
    assert launches.delete("images") == "DELETE_FAILED"
    assert "still contains images" in " ".join(launches.reasons("images"))


def exported(resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": resources, "Outputs": {name: {"Value": {"Ref": name}} for name in resources}}


@pytest.fixture
def network(launches: Launches) -> dict[str, str]:
    """The ids of a network that a stack holds."""
    assert launches.create("network", exported(NETWORK)) == "CREATE_COMPLETE"
    return {name: launches.resource("network", name) for name in NETWORK}


def test_a_network_stays_while_another_stack_uses_it(launches: Launches, network: dict[str, str]) -> None:
    balancer = {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {
            "Scheme": "internal",
            "Subnets": [network["SubnetA"], network["SubnetB"]],
            "SecurityGroups": [network["Group"]],
        },
    }
    assert launches.create("user", {"Resources": {"Balancer": balancer}}) == "CREATE_COMPLETE"

    assert launches.delete("network") == "DELETE_FAILED"
    reasons = " ".join(launches.reasons("network"))
    assert f"The subnet '{network['SubnetA']}' has dependencies and cannot be deleted." in reasons
    assert f"resource {network['Group']} has a dependent object" in reasons
    assert f"The vpc '{network['Vpc']}' has dependencies and cannot be deleted." in reasons

    assert launches.delete("user") == "DELETE_COMPLETE"
    assert launches.delete("network") == "DELETE_COMPLETE"


def test_a_group_stays_while_another_one_names_it(launches: Launches, network: dict[str, str]) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "SourceSecurityGroupId": network["Group"]}
    other = {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {
            "VpcId": network["Vpc"],
            "GroupDescription": "Names the first",
            "SecurityGroupIngress": [rule],
        },
    }
    assert launches.create("other", {"Resources": {"Other": other}}) == "CREATE_COMPLETE"
    assert launches.delete("network") == "DELETE_FAILED"
    assert f"resource {network['Group']} has a dependent object" in " ".join(launches.reasons("network"))


def test_a_cluster_stays_while_services_are_in_it(launches: Launches) -> None:
    cluster = {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "shared"}}
    assert launches.create("cluster", {"Resources": {"Cluster": cluster}}) == "CREATE_COMPLETE"
    task = {"ContainerDefinitions": [{"Name": "only", "Image": "any", "Memory": 64}]}
    service = {"Cluster": "shared", "TaskDefinition": {"Ref": "Task"}, "DesiredCount": 0}
    resources = {
        "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": task},
        "Service": {"Type": "AWS::ECS::Service", "Properties": service},
    }
    assert launches.create("service", {"Resources": resources}) == "CREATE_COMPLETE"
    assert launches.delete("cluster") == "DELETE_FAILED"
    assert "The Cluster cannot be deleted while Services are active." in launches.reasons("cluster")

    assert launches.delete("service") == "DELETE_COMPLETE"
    assert launches.delete("cluster") == "DELETE_COMPLETE"
