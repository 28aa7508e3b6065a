"""Pairs of templates with the verdict on each resource, told by three judges: the factory, the CDK and the sandbox.

Where the CDK's verdict is another one, the pair says which, and why the factory's is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from factory.gates.difference import Difference, Kind


class Verdict(StrEnum):
    """What becomes of a resource, in the words of `@aws-cdk/cloudformation-diff`, and one that it does not have."""

    SAME = "NO_CHANGE"
    UPDATE = "WILL_UPDATE"
    MAYBE = "MAY_REPLACE"
    REPLACE = "WILL_REPLACE"
    CREATE = "WILL_CREATE"
    DESTROY = "WILL_DESTROY"
    ORPHAN = "WILL_ORPHAN"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two templates and what becomes of each resource that something befalls."""

    name: str
    before: dict[str, Any]
    after: dict[str, Any]
    expected: dict[str, Verdict]
    cdk: dict[str, Verdict] = field(default_factory=dict)
    """Where the CDK says something else."""
    why: str = ""
    """Why it does."""
    sandbox: bool = True
    """Whether the sandbox can launch it."""


_VERDICTS = {
    Kind.UPDATE_REFUSED: Verdict.REFUSED,
    Kind.STATEFUL_REPLACED: Verdict.REPLACE,
    Kind.STATEFUL_MAY_BE_REPLACED: Verdict.MAYBE,
    Kind.RESOURCE_REPLACED: Verdict.REPLACE,
    Kind.RESOURCE_MAY_BE_REPLACED: Verdict.MAYBE,
    Kind.RESOURCE_ADDED: Verdict.CREATE,
    Kind.RESOURCE_UPDATED: Verdict.UPDATE,
}


def verdicts(pair: Pair, difference: Difference) -> dict[str, Verdict]:
    """What the factory says becomes of each resource."""
    found = {}
    for change in difference.changes:
        if change.kind in {Kind.RESOURCE_REMOVED, Kind.STATEFUL_REMOVED}:
            policy = pair.before["Resources"][change.subject].get("DeletionPolicy", "")
            found[change.subject] = Verdict.ORPHAN if policy.startswith("Retain") else Verdict.DESTROY
        elif change.kind in _VERDICTS:
            found[change.subject] = _VERDICTS[change.kind]
    return found


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def template(parameters: dict[str, Any] | None = None, **resources: Any) -> dict[str, Any]:
    return {**({"Parameters": parameters} if parameters else {}), "Resources": resources}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
PROJECT = {"Project": {"Type": "String", "Default": "shop"}}


def _vpc(cidr: str) -> dict[str, Any]:
    return template(
        Vpc=resource("EC2::VPC", CidrBlock=cidr),
        Subnet=resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/24"),
        Group=resource("EC2::SecurityGroup", GroupDescription="Web", VpcId=ref("Vpc")),
        Door=resource(
            "EC2::SecurityGroupIngress",
            GroupId=att("Group", "GroupId"),
            IpProtocol="tcp",
            FromPort=443,
            ToPort=443,
            CidrIp="10.0.0.0/8",
        ),
    )


def _task(image: str) -> dict[str, Any]:
    return template(
        Cluster=resource("ECS::Cluster"),
        Task=resource(
            "ECS::TaskDefinition",
            Family="web",
            Cpu="256",
            Memory="512",
            NetworkMode="awsvpc",
            RequiresCompatibilities=["FARGATE"],
            ContainerDefinitions=[{"Name": "web", "Image": image}],
        ),
        Task2=resource("SSM::Parameter", Name="/shop/task", Type="String", Value=ref("Task")),
    )


CORPUS = (
    Pair(
        name="a setting of a queue",
        before=template(Queue=resource("SQS::Queue", DelaySeconds=0)),
        after=template(Queue=resource("SQS::Queue", DelaySeconds=5)),
        expected={"Queue": Verdict.UPDATE},
    ),
    Pair(
        name="the name of a queue",
        before=template(Queue=resource("SQS::Queue", QueueName="orders")),
        after=template(Queue=resource("SQS::Queue", QueueName="invoices")),
        expected={"Queue": Verdict.REPLACE},
    ),
    Pair(
        name="a queue becomes FIFO",
        before=template(Queue=resource("SQS::Queue")),
        after=template(Queue=resource("SQS::Queue", FifoQueue=True)),
        expected={"Queue": Verdict.REPLACE},
    ),
    Pair(
        name="a named queue becomes encrypted, written as text and as truth value",
        before=template(
            Queue=resource("SQS::Queue", QueueName="orders", SqsManagedSseEnabled="true", DelaySeconds="5")
        ),
        after=template(Queue=resource("SQS::Queue", QueueName="orders", SqsManagedSseEnabled=True, DelaySeconds=5)),
        expected={},
    ),
    Pair(
        name="a replaced topic is followed by its subscription",
        before=template(
            Topic=resource("SNS::Topic", TopicName="alarms"),
            Queue=resource("SQS::Queue"),
            Subscription=resource(
                "SNS::Subscription", TopicArn=ref("Topic"), Protocol="sqs", Endpoint=att("Queue", "Arn")
            ),
        ),
        after=template(
            Topic=resource("SNS::Topic", TopicName="alerts"),
            Queue=resource("SQS::Queue"),
            Subscription=resource(
                "SNS::Subscription", TopicArn=ref("Topic"), Protocol="sqs", Endpoint=att("Queue", "Arn")
            ),
        ),
        expected={"Topic": Verdict.REPLACE, "Subscription": Verdict.REPLACE},
    ),
    Pair(
        name="the range of a VPC, followed through subnet, group and rule",
        before=_vpc("10.0.0.0/16"),
        after=_vpc("10.0.0.0/17"),
        expected=dict.fromkeys(("Vpc", "Subnet", "Group", "Door"), Verdict.REPLACE),
    ),
    Pair(
        name="DNS names of a VPC",
        before=template(Vpc=resource("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=False)),
        after=template(Vpc=resource("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True)),
        expected={"Vpc": Verdict.UPDATE},
    ),
    Pair(
        name="the description of a security group",
        before=template(Group=resource("EC2::SecurityGroup", GroupDescription="Web")),
        after=template(Group=resource("EC2::SecurityGroup", GroupDescription="Web servers")),
        expected={"Group": Verdict.REPLACE},
    ),
    Pair(
        name="a rule inside a security group",
        before=template(Group=resource("EC2::SecurityGroup", GroupDescription="Web")),
        after=template(
            Group=resource(
                "EC2::SecurityGroup",
                GroupDescription="Web",
                SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}],
            )
        ),
        expected={"Group": Verdict.UPDATE},
    ),
    Pair(
        name="a new task definition, with a parameter that tells it",
        before=_task("web:1"),
        after=_task("web:2"),
        expected={"Task": Verdict.REPLACE, "Task2": Verdict.UPDATE},
        cdk={"Task2": Verdict.SAME},
        why="The CDK follows a replacement only where it replaces what refers to it; the parameter gets another value.",
    ),
    Pair(
        name="the description of a role",
        before=template(Role=resource("IAM::Role", AssumeRolePolicyDocument=TRUST)),
        after=template(Role=resource("IAM::Role", AssumeRolePolicyDocument=TRUST, Description="Runs the web servers")),
        expected={"Role": Verdict.UPDATE},
    ),
    Pair(
        name="the path of a role, followed by its instance profile",
        before=template(
            Role=resource("IAM::Role", AssumeRolePolicyDocument=TRUST, Path="/"),
            Profile=resource("IAM::InstanceProfile", Roles=[ref("Role")]),
        ),
        after=template(
            Role=resource("IAM::Role", AssumeRolePolicyDocument=TRUST, Path="/web/"),
            Profile=resource("IAM::InstanceProfile", Roles=[ref("Role")]),
        ),
        expected={"Role": Verdict.REPLACE, "Profile": Verdict.UPDATE},
        cdk={"Profile": Verdict.SAME},
        why="As above: the profile is updated with the new role.",
    ),
    Pair(
        name="the path of a role that has a name",
        before=template(Role=resource("IAM::Role", AssumeRolePolicyDocument=TRUST, RoleName="web", Path="/")),
        after=template(Role=resource("IAM::Role", AssumeRolePolicyDocument=TRUST, RoleName="web", Path="/web/")),
        expected={"Role": Verdict.REFUSED},
        cdk={"Role": Verdict.REPLACE},
        why='CloudFormation replaces nothing that keeps its custom name (User Guide, "Name type").',
    ),
    Pair(
        name="the keys of a table",
        before=template(
            Table=resource(
                "DynamoDB::Table",
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
            )
        ),
        after=template(
            Table=resource(
                "DynamoDB::Table",
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "b", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "b", "AttributeType": "S"}],
            )
        ),
        expected={"Table": Verdict.MAYBE},
        cdk={"Table": Verdict.REPLACE},
        why="The provider's schema calls KeySchema conditionally create-only, the CDK's database says replacement.",
    ),
    Pair(
        name="the engine of a database",
        before=template(Database=resource("RDS::DBInstance", DBInstanceClass="db.t3.micro", Engine="mysql")),
        after=template(Database=resource("RDS::DBInstance", DBInstanceClass="db.t3.micro", Engine="postgres")),
        expected={"Database": Verdict.MAYBE},
        sandbox=False,
    ),
    Pair(
        name="the encryption of a database",
        before=template(Database=resource("RDS::DBInstance", DBInstanceClass="db.t3.micro", Engine="postgres")),
        after=template(
            Database=resource(
                "RDS::DBInstance", DBInstanceClass="db.t3.micro", Engine="postgres", StorageEncrypted=True
            )
        ),
        expected={"Database": Verdict.REPLACE},
        sandbox=False,
    ),
    Pair(
        name="the size of a database",
        before=template(Database=resource("RDS::DBInstance", DBInstanceClass="db.t3.micro", Engine="postgres")),
        after=template(Database=resource("RDS::DBInstance", DBInstanceClass="db.t3.small", Engine="postgres")),
        expected={"Database": Verdict.UPDATE},
        sandbox=False,
    ),
    Pair(
        name="a name put together by a parameter, with another end",
        before=template(PROJECT, Queue=resource("SQS::Queue", QueueName={"Fn::Sub": "${Project}-orders"})),
        after=template(PROJECT, Queue=resource("SQS::Queue", QueueName={"Fn::Sub": "${Project}-invoices"})),
        expected={"Queue": Verdict.REPLACE},
    ),
    Pair(
        name="a name put together in another form",
        before=template(PROJECT, Queue=resource("SQS::Queue", QueueName={"Fn::Sub": "${Project}-orders"})),
        after=template(
            PROJECT, Queue=resource("SQS::Queue", QueueName={"Fn::Join": ["-", [ref("Project"), "orders"]]})
        ),
        expected={"Queue": Verdict.MAYBE},
        cdk={"Queue": Verdict.REPLACE},
        why="The value is the same; the CDK compares what is written.",
    ),
    Pair(
        name="a name that was asked for is written down",
        before=template(PROJECT, Queue=resource("SQS::Queue", QueueName=ref("Project"))),
        after=template(PROJECT, Queue=resource("SQS::Queue", QueueName="shop")),
        expected={"Queue": Verdict.MAYBE},
        cdk={"Queue": Verdict.REPLACE},
        why="Whoever gave that very name keeps the queue; the CDK compares what is written.",
    ),
    Pair(
        name="a resource comes, one goes, and one that is retained goes",
        before=template(
            Old=resource("SQS::Queue"),
            Kept={**resource("SQS::Queue"), "DeletionPolicy": "Retain"},
        ),
        after=template(New=resource("SQS::Queue")),
        expected={"Old": Verdict.DESTROY, "Kept": Verdict.ORPHAN, "New": Verdict.CREATE},
    ),
    Pair(
        name="a resource becomes one of another type",
        before=template(Channel=resource("SQS::Queue")),
        after=template(Channel=resource("SNS::Topic")),
        expected={"Channel": Verdict.REFUSED},
        cdk={"Channel": Verdict.REPLACE},
        why="CloudFormation answers: Update of resource type is not permitted.",
    ),
    Pair(
        name="what may be replaced is followed by what may be, too",
        before=template(
            PROJECT,
            Topic=resource("SNS::Topic", TopicName=ref("Project")),
            Subscription=resource(
                "SNS::Subscription", TopicArn=ref("Topic"), Protocol="email", Endpoint="a@example.com"
            ),
        ),
        after=template(
            PROJECT,
            Topic=resource("SNS::Topic", TopicName="shop"),
            Subscription=resource(
                "SNS::Subscription", TopicArn=ref("Topic"), Protocol="email", Endpoint="a@example.com"
            ),
        ),
        expected={"Topic": Verdict.MAYBE, "Subscription": Verdict.MAYBE},
        cdk={"Topic": Verdict.REPLACE, "Subscription": Verdict.REPLACE},
        why="The CDK takes another way of writing for another value, and follows it.",
    ),
    Pair(
        name="how long a log group keeps its logs",
        before=template(Logs=resource("Logs::LogGroup", RetentionInDays=90)),
        after=template(Logs=resource("Logs::LogGroup", RetentionInDays=365)),
        expected={"Logs": Verdict.UPDATE},
    ),
)
