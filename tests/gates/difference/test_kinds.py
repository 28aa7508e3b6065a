"""Each kind of change, what it is called, and the least step of the version that it asks for.

A row is: what an author does, the template before and after, what is found, of what, and the step.
"""

from __future__ import annotations

from typing import Any

import pytest

from factory.gates.difference import Bump, Kind, compare
from tests.gates.difference.corpus import TRUST, att, ref, resource, template

MAJOR, MINOR, PATCH = Bump.MAJOR, Bump.MINOR, Bump.PATCH
KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
PATH = "/platform/${Instance}/shop/queue-arn"


def table(**properties: Any) -> dict[str, Any]:
    """Something that holds data, and keeps it."""
    return {**resource("DynamoDB::Table", BillingMode="PAY_PER_REQUEST", **properties), **KEPT}


def asks(**parameter: Any) -> dict[str, Any]:
    return template({"Size": {"Type": "String", **parameter}}, Queue=resource("SQS::Queue"))


def reads(*products: str) -> dict[str, Any]:
    """A form that requires values of other products."""
    return template(
        {
            f"{product}Value{place}": {
                "Type": "AWS::SSM::Parameter::Value<String>",
                "Default": f"/platform/main/{product}/value-{place}",
            }
            for place, product in enumerate(products)
        },
        Queue=resource("SQS::Queue"),
    )


def ruled(*assertions: Any, **rule: Any) -> dict[str, Any]:
    body = {"Assertions": [{"Assert": item, "AssertDescription": "No."} for item in assertions], **rule}
    return {**asks(), "Rules": {"Zones": body}}


LEAVES = {"Fn::Not": [{"Fn::Equals": [ref("Log"), "here"]}]}


def with_log(**more: Any) -> dict[str, Any]:
    """Asks one question more, and takes the answer apart."""
    body = asks()
    return {**body, "Parameters": {**body["Parameters"], "Log": {"Type": "String", "Default": "here"}}, **more}


def role(*statements: Any, trust: Any = TRUST, **more: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "work", "PolicyDocument": {"Statement": list(statements)}}]
    return template(Role=resource("IAM::Role", AssumeRolePolicyDocument=trust, Policies=policies, **more))


def may(action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def open_to(*statements: Any) -> dict[str, Any]:
    """A queue that others use under a policy."""
    return template(
        Queue=resource("SQS::Queue"),
        Policy=resource("SQS::QueuePolicy", Queues=[ref("Queue")], PolicyDocument={"Statement": list(statements)}),
    )


def lets(account: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sqs:*", "Resource": "*", **more}


def doors(way: str, *ranges: str) -> dict[str, Any]:
    rules = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": item} for item in ranges]
    return template(
        Group=resource(
            "EC2::SecurityGroup", GroupDescription="Web", **{"SecurityGroupEgress": [], f"SecurityGroup{way}": rules}
        )
    )


def shows(value: Any, **more: Any) -> dict[str, Any]:
    queue = resource("SQS::Queue", QueueName=more.pop("name", "orders"))
    return {**template(Queue=queue, Topic=resource("SNS::Topic")), "Outputs": {"Address": {"Value": value, **more}}}


def provides(value: Any, *, kind: str = "String", name: str = "orders") -> dict[str, Any]:
    return template(
        {"Instance": {"Type": "String"}},
        Queue=resource("SQS::Queue", QueueName=name),
        Contract=resource("SSM::Parameter", Name={"Fn::Sub": PATH}, Type=kind, Value=value),
    )


ONE, TWO = {"Fn::Equals": [ref("Size"), "1"]}, {"Fn::Equals": [ref("Size"), "2"]}
QUEUE = template(Queue=resource("SQS::Queue"))
NOTHING: dict[str, Any] = template(Other=resource("SNS::Topic"))
SECURE = {"Bool": {"aws:SecureTransport": "true"}}
INSIDE = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}

ROWS: list[tuple[str, dict[str, Any], dict[str, Any], Kind, str, Bump]] = [
    # resources
    (
        "adds a resource",
        NOTHING,
        {"Resources": {**NOTHING["Resources"], **QUEUE["Resources"]}},
        Kind.RESOURCE_ADDED,
        "Queue",
        MINOR,
    ),
    (
        "removes a resource",
        template(Topic=resource("SNS::Topic"), Alarm=resource("SNS::Topic")),
        template(Topic=resource("SNS::Topic")),
        Kind.RESOURCE_REMOVED,
        "Alarm",
        PATCH,
    ),
    (
        "removes a table, which stays with its data",
        template(Table=table(), **NOTHING["Resources"]),
        NOTHING,
        Kind.STATEFUL_REMOVED,
        "Table",
        MAJOR,
    ),
    (
        "changes a setting",
        QUEUE,
        template(Queue=resource("SQS::Queue", DelaySeconds=5)),
        Kind.RESOURCE_UPDATED,
        "Queue",
        PATCH,
    ),
    (
        "moves a topic to another name",
        template(Topic=resource("SNS::Topic", TopicName="a")),
        template(Topic=resource("SNS::Topic", TopicName="b")),
        Kind.RESOURCE_REPLACED,
        "Topic",
        PATCH,
    ),
    (
        "writes a name in another form",
        template(asks()["Parameters"], Topic=resource("SNS::Topic", TopicName=ref("Size"))),
        template(asks()["Parameters"], Topic=resource("SNS::Topic", TopicName={"Fn::Sub": "${Size}"})),
        Kind.RESOURCE_MAY_BE_REPLACED,
        "Topic",
        PATCH,
    ),
    (
        "moves a table to another name",
        template(Table=table(TableName="a")),
        template(Table=table(TableName="b")),
        Kind.STATEFUL_REPLACED,
        "Table",
        MAJOR,
    ),
    (
        "changes a table's keys",
        template(Table=table(KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}])),
        template(Table=table(KeySchema=[{"AttributeName": "b", "KeyType": "HASH"}])),
        Kind.STATEFUL_MAY_BE_REPLACED,
        "Table",
        MAJOR,
    ),
    (
        "removes a queue that nothing keeps",
        {"Resources": {**NOTHING["Resources"], **QUEUE["Resources"]}},
        NOTHING,
        Kind.DATA_AT_RISK,
        "Queue",
        MAJOR,
    ),
    (
        "lets a table go with its launch",
        template(Table=table()),
        template(Table={**table(), "DeletionPolicy": "Delete"}),
        Kind.DATA_AT_RISK,
        "Table",
        MAJOR,
    ),
    (
        "makes a queue a topic",
        template(Channel=resource("SQS::Queue")),
        template(Channel=resource("SNS::Topic")),
        Kind.UPDATE_REFUSED,
        "Channel",
        MAJOR,
    ),
    # permissions
    (
        "lets a role read and write",
        role(may("s3:GetObject")),
        role(may("s3:GetObject"), may("s3:PutObject")),
        Kind.ROLE_WIDENED,
        "Role",
        MINOR,
    ),
    (
        "gives a role a managed policy",
        role(),
        role(ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
        Kind.ROLE_WIDENED,
        "Role",
        MINOR,
    ),
    (
        "takes a boundary off a role",
        role(PermissionsBoundary="arn:aws:iam::1:policy/b"),
        role(),
        Kind.ROLE_WIDENED,
        "Role",
        MINOR,
    ),
    (
        "lets a role read one thing only",
        role(may("s3:Get*")),
        role(may("s3:GetObject")),
        Kind.ROLE_NARROWED,
        "Role",
        PATCH,
    ),
    (
        "puts a role's permission under another condition",
        role(may("s3:GetObject", Condition=SECURE)),
        role(may("s3:GetObject", Condition=INSIDE)),
        Kind.ROLE_CHANGED,
        "Role",
        MINOR,
    ),
    (
        "lets another account use a queue",
        open_to(lets("111111111111")),
        open_to(lets("111111111111"), lets("222222222222")),
        Kind.ACCESS_WIDENED,
        "Queue",
        MINOR,
    ),
    (
        "lets another service take on a role",
        role(),
        role(
            trust={
                "Statement": [*TRUST["Statement"], may("sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})]
            }
        ),
        Kind.ACCESS_WIDENED,
        "Role",
        MINOR,
    ),
    (
        "lets an account use a queue no longer",
        open_to(lets("111111111111"), lets("222222222222")),
        open_to(lets("111111111111")),
        Kind.ACCESS_NARROWED,
        "Queue",
        MAJOR,
    ),
    (
        "refuses what does not come over TLS",
        open_to(lets("111111111111")),
        open_to(lets("111111111111"), {**lets("*"), "Effect": "Deny"}),
        Kind.ACCESS_NARROWED,
        "Queue",
        MAJOR,
    ),
    (
        "puts access under another condition",
        open_to(lets("111111111111", Condition=SECURE)),
        open_to(lets("111111111111", Condition=INSIDE)),
        Kind.ACCESS_CHANGED,
        "Queue",
        MINOR,
    ),
    # network access
    (
        "opens a port to the world",
        doors("Ingress", "10.0.0.0/8"),
        doors("Ingress", "10.0.0.0/8", "0.0.0.0/0"),
        Kind.INGRESS_OPENED,
        "Group",
        MINOR,
    ),
    (
        "closes a port",
        doors("Ingress", "10.0.0.0/8", "192.168.0.0/16"),
        doors("Ingress", "10.0.0.0/8"),
        Kind.INGRESS_CLOSED,
        "Group",
        MAJOR,
    ),
    (
        "lets a group connect further",
        doors("Egress", "10.0.0.0/8"),
        doors("Egress", "0.0.0.0/0"),
        Kind.EGRESS_OPENED,
        "Group",
        MINOR,
    ),
    (
        "lets a group connect less far",
        doors("Egress", "0.0.0.0/0"),
        doors("Egress", "10.0.0.0/8"),
        Kind.EGRESS_CLOSED,
        "Group",
        PATCH,
    ),
    # parameters
    ("asks a question that has a default", QUEUE, asks(Default="small"), Kind.PARAMETER_ADDED, "Size", MINOR),
    ("asks a question that must be answered", QUEUE, asks(), Kind.PARAMETER_ADDED_WITHOUT_DEFAULT, "Size", MAJOR),
    ("asks no longer", asks(Default="small"), QUEUE, Kind.PARAMETER_REMOVED, "Size", MAJOR),
    (
        "asks for a number instead of a text",
        asks(),
        template({"Size": {"Type": "Number"}}, **QUEUE["Resources"]),
        Kind.PARAMETER_RETYPED,
        "Size",
        MAJOR,
    ),
    (
        "admits a value less",
        asks(AllowedValues=["a", "b"]),
        asks(AllowedValues=["a"]),
        Kind.PARAMETER_NARROWED,
        "Size",
        MAJOR,
    ),
    ("admits longer texts only", asks(MinLength=1), asks(MinLength=3), Kind.PARAMETER_NARROWED, "Size", MAJOR),
    ("admits what fits a pattern only", asks(), asks(AllowedPattern="[a-z]+"), Kind.PARAMETER_NARROWED, "Size", MAJOR),
    (
        "admits what fits another pattern",
        asks(AllowedPattern="[a-z]+"),
        asks(AllowedPattern="[a-z0-9]+"),
        Kind.PARAMETER_MAY_BE_NARROWED,
        "Size",
        MAJOR,
    ),
    (
        "admits a value more",
        asks(AllowedValues=["a"]),
        asks(AllowedValues=["a", "b"]),
        Kind.PARAMETER_WIDENED,
        "Size",
        MINOR,
    ),
    ("admits longer texts too", asks(MaxLength=3), asks(MaxLength=9), Kind.PARAMETER_WIDENED, "Size", MINOR),
    (
        "admits any text instead of a choice",
        asks(AllowedValues=["a"]),
        asks(AllowedPattern="[a-z]"),
        Kind.PARAMETER_WIDENED,
        "Size",
        MINOR,
    ),
    ("suggests another value", asks(Default="a"), asks(Default="b"), Kind.PARAMETER_DEFAULT_CHANGED, "Size", PATCH),
    ("suggests a value", asks(), asks(Default="a"), Kind.PARAMETER_DEFAULT_ADDED, "Size", MINOR),
    ("suggests no value any more", asks(Default="a"), asks(), Kind.PARAMETER_DEFAULT_REMOVED, "Size", MAJOR),
    (
        "requires another value of a product",
        reads("net"),
        reads("net", "net"),
        Kind.REQUIREMENT_ADDED,
        "netValue1",
        MINOR,
    ),
    (
        "requires a value of a further product",
        reads("net"),
        reads("net", "dns"),
        Kind.REQUIREMENT_OF_ANOTHER_PRODUCT,
        "dnsValue1",
        MAJOR,
    ),
    ("refuses launches by a rule", asks(), ruled(ONE), Kind.RULE_ADDED, "Zones", MAJOR),
    (
        "refuses what a new question lets people choose",
        asks(),
        with_log(Rules={"Zones": {"RuleCondition": LEAVES, "Assertions": [{"Assert": ONE}]}}),
        Kind.PARAMETER_ADDED,
        "Log",
        MINOR,
    ),
    (
        "refuses by a new question's default",
        asks(),
        with_log(Rules={"Zones": {"RuleCondition": {"Fn::Not": [LEAVES]}, "Assertions": [{"Assert": ONE}]}}),
        Kind.RULE_ADDED,
        "Zones",
        MAJOR,
    ),
    ("refuses other launches", ruled(ONE), ruled(TWO), Kind.RULE_CHANGED, "Zones", MAJOR),
    ("refuses at other times", ruled(ONE, RuleCondition=ONE), ruled(ONE), Kind.RULE_CHANGED, "Zones", MAJOR),
    ("refuses fewer launches", ruled(ONE, TWO), ruled(ONE), Kind.RULE_REMOVED, "Zones", MINOR),
    # values handed on
    (
        "shows a value",
        shows("a"),
        {**shows("a"), "Outputs": {**shows("a")["Outputs"], "Name": {"Value": "b"}}},
        Kind.OUTPUT_ADDED,
        "Name",
        MINOR,
    ),
    ("shows a value no longer", shows("a"), {**shows("a"), "Outputs": {}}, Kind.OUTPUT_REMOVED, "Address", MAJOR),
    (
        "shows an ARN instead of an address",
        shows(ref("Queue")),
        shows(att("Queue", "Arn")),
        Kind.OUTPUT_RETYPED,
        "Address",
        MAJOR,
    ),
    ("puts an output together differently", shows("a"), shows("b"), Kind.OUTPUT_CHANGED, "Address", PATCH),
    (
        "replaces what an output shows",
        shows(ref("Queue")),
        shows(ref("Queue"), name="invoices"),
        Kind.OUTPUT_MOVED,
        "Address",
        MAJOR,
    ),
    (
        "provides a value",
        template({"Instance": {"Type": "String"}}, Queue=resource("SQS::Queue", QueueName="orders")),
        provides("a"),
        Kind.CONTRACT_ADDED,
        PATH,
        MINOR,
    ),
    (
        "provides a value no longer",
        provides("a"),
        template({"Instance": {"Type": "String"}}, Queue=resource("SQS::Queue", QueueName="orders")),
        Kind.CONTRACT_REMOVED,
        PATH,
        MAJOR,
    ),
    (
        "provides a list instead of a text",
        provides("a"),
        provides("a", kind="StringList"),
        Kind.CONTRACT_RETYPED,
        PATH,
        MAJOR,
    ),
    ("provides a value put together differently", provides("a"), provides("b"), Kind.CONTRACT_CHANGED, PATH, PATCH),
    (
        "replaces what others hold on to",
        provides(ref("Queue")),
        provides(ref("Queue"), name="invoices"),
        Kind.CONTRACT_MOVED,
        PATH,
        MAJOR,
    ),
    # texts
    (
        "words a question differently",
        asks(Description="Size"),
        asks(Description="How large"),
        Kind.TEXTS_CHANGED,
        "Size",
        PATCH,
    ),
    (
        "lets a resource wait for another",
        QUEUE,
        template(Queue={**resource("SQS::Queue"), "UpdatePolicy": {}}),
        Kind.TEXTS_CHANGED,
        "Queue",
        PATCH,
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "kind", "subject", "bump"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_an_author(before: dict[str, Any], after: dict[str, Any], kind: Kind, subject: str, bump: Bump) -> None:
    found = {(change.kind, change.subject): change for change in compare(before, after).changes}
    assert (kind, subject) in found, list(found)
    assert kind.bump is bump


def test_every_kind_has_a_row() -> None:
    assert {row[3] for row in ROWS} == set(Kind)


def test_the_gravest_change_decides() -> None:
    before, after = asks(Default="a", AllowedValues=["a"]), asks(Default="b", AllowedValues=["b", "c"])
    difference = compare(before, after)
    assert difference.bump is MAJOR
    assert [change.kind for change in difference.weighing(MINOR)] == [Kind.PARAMETER_WIDENED]


def test_nothing_differs() -> None:
    assert not compare(QUEUE, QUEUE)
    assert compare(QUEUE, QUEUE).bump is PATCH
