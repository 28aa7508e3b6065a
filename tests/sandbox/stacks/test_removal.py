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


def it(kind: str, /, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def trust(service: str) -> dict[str, Any]:
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


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


def test_a_network_stays_while_anything_has_an_interface_in_it(launches: Launches, network: dict[str, str]) -> None:
    subnets, group = [network["SubnetA"], network["SubnetB"]], network["Group"]
    role = {
        "AssumeRolePolicyDocument": trust("lambda"),
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"],
    }
    users = {
        "Endpoint": {
            "Endpoint": it(
                "EC2::VPCEndpoint",
                VpcId=network["Vpc"],
                ServiceName="com.amazonaws.us-east-1.kms",
                VpcEndpointType="Interface",
                SubnetIds=subnets,
                SecurityGroupIds=[group],
            )
        },
        "Function": {
            "Role": it("IAM::Role", **role),
            "Function": it(
                "Lambda::Function",
                Role={"Fn::GetAtt": ["Role", "Arn"]},
                Runtime="python3.12",
                Handler="index.handler",
                Code={"ZipFile": "def handler(event, context): pass"},
                VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [group]},
            ),
        },
        "Service": {
            "Cluster": it("ECS::Cluster"),
            "Task": it(
                "ECS::TaskDefinition",
                NetworkMode="awsvpc",
                ContainerDefinitions=[{"Name": "only", "Image": "any", "Memory": 64}],
            ),
            "Service": it(
                "ECS::Service",
                Cluster={"Ref": "Cluster"},
                TaskDefinition={"Ref": "Task"},
                NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": subnets, "SecurityGroups": [group]}},
            ),
        },
        "Database": {
            "Subnets": it("RDS::DBSubnetGroup", DBSubnetGroupDescription="any", SubnetIds=subnets),
            "Database": {
                **it(
                    "RDS::DBInstance",
                    DBInstanceClass="db.t3.micro",
                    Engine="postgres",
                    AllocatedStorage="20",
                    MasterUsername="it",
                    ManageMasterUserPassword=True,
                    DBSubnetGroupName={"Ref": "Subnets"},
                    VPCSecurityGroups=[group],
                ),
                "DeletionPolicy": "Delete",
            },
        },
    }
    for name, resources in users.items():
        assert launches.create(name, {"Resources": resources}) == "CREATE_COMPLETE", launches.reasons(name)
        assert launches.delete("network") == "DELETE_FAILED", name
        reasons = " ".join(launches.reasons("network"))
        assert f"The subnet '{network['SubnetA']}' has dependencies and cannot be deleted." in reasons, name
        assert f"resource {group} has a dependent object" in reasons, name
        assert launches.delete(name) == "DELETE_COMPLETE", launches.reasons(name)
    assert launches.delete("network") == "DELETE_COMPLETE"


def test_what_somebody_else_added_is_in_the_way(launches: Launches, aws: Callable[[str], Any]) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
    resources = {
        "Attached": it("IAM::Role", AssumeRolePolicyDocument=trust("ec2")),
        "Embedded": it("IAM::Role", AssumeRolePolicyDocument=trust("ec2")),
        "Profiled": it("IAM::Role", AssumeRolePolicyDocument=trust("ec2")),
        "Policy": it("IAM::ManagedPolicy", PolicyDocument=document),
        "Rule": it("Events::Rule", ScheduleExpression="rate(1 day)"),
    }
    assert launches.create("mine", {"Resources": resources}) == "CREATE_COMPLETE"
    iam, events = aws("iam"), aws("events")
    attached, embedded, profiled, policy = (
        launches.resource("mine", name) for name in ("Attached", "Embedded", "Profiled", "Policy")
    )
    iam.attach_role_policy(RoleName=attached, PolicyArn=policy)
    iam.put_role_policy(RoleName=embedded, PolicyName="mine", PolicyDocument=json.dumps(document))
    iam.create_instance_profile(InstanceProfileName="mine")
    iam.add_role_to_instance_profile(InstanceProfileName="mine", RoleName=profiled)
    rule = launches.resource("mine", "Rule").rpartition("|")[2].rpartition("/")[2]
    events.put_targets(Rule=rule, Targets=[{"Id": "mine", "Arn": "arn:aws:sns:us-east-1:111111111111:mine"}])

    assert launches.delete("mine") == "DELETE_FAILED"
    assert set(launches.reasons("mine")) >= {
        "Cannot delete entity, must detach all policies first.",
        "Cannot delete entity, must delete policies first.",
        "Cannot delete entity, must remove roles from instance profile first.",
        "Cannot delete a policy attached to entities.",
        "Rule can't be deleted since it has targets.",
    }


def test_what_a_listener_uses_is_in_the_way(launches: Launches, network: dict[str, str]) -> None:
    targets = it("ElasticLoadBalancingV2::TargetGroup", Port=80, Protocol="HTTP", VpcId=network["Vpc"], TargetType="ip")
    used = {"Targets": targets, "Certificate": it("CertificateManager::Certificate", DomainName="a.example.com")}
    assert launches.create("used", {"Resources": used}) == "CREATE_COMPLETE"
    action = {"Type": "forward", "TargetGroupArn": launches.resource("used", "Targets")}
    certificate = launches.resource("used", "Certificate")
    listener = it(
        "ElasticLoadBalancingV2::Listener",
        LoadBalancerArn={"Ref": "Balancer"},
        Port=443,
        Protocol="HTTPS",
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[action],
    )
    subnets = [network["SubnetA"], network["SubnetB"]]
    balancer = it("ElasticLoadBalancingV2::LoadBalancer", Scheme="internal", Subnets=subnets)
    user = {"Balancer": balancer, "Listener": listener}
    assert launches.create("user", {"Resources": user}) == "CREATE_COMPLETE", launches.reasons("user")

    assert launches.delete("used") == "DELETE_FAILED"
    reasons = " ".join(launches.reasons("used"))
    assert "is currently in use by a listener or a rule" in reasons
    assert f"Certificate {certificate} in account" in reasons

    assert launches.delete("user") == "DELETE_COMPLETE"
    assert launches.delete("used") == "DELETE_COMPLETE"
