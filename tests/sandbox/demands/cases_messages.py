"""What services refuse, one line a behaviour: messages, parameters, names, alarms and data."""

from __future__ import annotations

from typing import Any

from tests.sandbox.demands.case import GONE, Case, document, of
from tests.sandbox.demands.standing import arn, ref


def _policed(key: str, name: str, **statement: Any) -> dict[str, Any]:
    named = {"Principal": "*", "Resource": "*", **statement}
    return {
        key: [ref(name)],
        "PolicyDocument": document(**{name: value for name, value in named.items() if value is not None}),
    }


def _subscribed(**more: Any) -> dict[str, Any]:
    return {"TopicArn": ref("Topic"), "Protocol": "sqs", "Endpoint": arn("Queue"), **more}


_SEVEN = ["AddPermission", "DeleteMessage", "GetQueueUrl", "PurgeQueue", "ReceiveMessage", "SendMessage", "TagQueue"]

MESSAGES = (
    Case("Topic", "names of a FIFO topic without .fifo", {"TopicName": "it", "FifoTopic": True}, "Topic Name"),
    Case("Topic", "names with spaces", {"TopicName": "i t"}, "Topic Name"),
    Case("Subscription", "addresses that are none", _subscribed(Protocol="email", Endpoint="it"), "email endpoint"),
    Case("Subscription", "queues by their URL", _subscribed(Endpoint="https://sqs"), "sqs endpoint"),
    Case("Subscription", "filters of bare values", _subscribed(FilterPolicy={"kind": "a"}), "FilterPolicy"),
    Case(
        "TopicPolicy",
        "other services' actions",
        _policed("Topics", "Topic", Action="sqs:SendMessage"),
        "of service scope",
    ),
    Case(
        "TopicPolicy",
        "principals that are not there",
        _policed("Topics", "Topic", Action="sns:Publish", Principal={"AWS": GONE}),
        "PrincipalNotFound",
    ),
    Case(
        "QueuePolicy", "no principals", _policed("Queues", "Queue", Action="sqs:*", Principal=None), "field Principal"
    ),
    Case(
        "QueuePolicy",
        "more than seven actions a statement",
        _policed("Queues", "Queue", Action=[f"sqs:{name}" for name in (*_SEVEN, "UntagQueue")]),
        "maximum allowed number: 7",
    ),
    Case(
        "Queue",
        "a dead-letter queue of another kind",
        {"FifoQueue": True, "RedrivePolicy": {"deadLetterTargetArn": arn("Queue"), "maxReceiveCount": 3}},
        "must be same type",
    ),
)

PARAMETERS = (
    *(
        Case("Parameter", what, {"Type": "String", "Value": "a", **given}, says)
        for what, given, says in (
            ("names with spaces", {"Name": "/a b"}, "letters, numbers"),
            ("paths without a slash in front", {"Name": "a/b"}, "fully qualified name"),
            ("more than 15 levels", {"Name": "/a" * 16}, "number of levels"),
            ("more than 4,096 characters", {"Value": "a" * 5000}, "maximum parameter value of 4096"),
            ("no value", {"Value": ""}, "greater than or equal to 1"),
            ("values that break their pattern", {"AllowedPattern": r"^\d+$"}, "ParameterPatternMismatch"),
            ("references in a value", {"Value": "{{it}}"}, "can't nest another parameter"),
        )
    ),
    Case("Secret", "names with spaces", {"Name": "i t"}, "Invalid name"),
    Case("Secret", "a value beside a generated one", {"SecretString": "a", "GenerateSecretString": {}}, "both"),
    Case(
        "Secret",
        "passwords above 4,096 characters",
        {"GenerateSecretString": {"PasswordLength": 5000}},
        "maximum of 4096",
    ),
)


def _record(**more: Any) -> dict[str, Any]:
    return {
        "HostedZoneId": ref("Zone"),
        "Name": "a.example.com",
        "Type": "A",
        "TTL": "60",
        "ResourceRecords": ["192.0.2.1"],
        **more,
    }


def _alias(name: str, target: str = "b.example.org") -> dict[str, Any]:
    return _record(Name=name, Type="CNAME", ResourceRecords=[target])


NAMES = (
    Case("RecordSet", "names outside of the zone", _record(Name="a.example.org"), "not permitted in zone"),
    Case("RecordSet", "CNAME at the top of the zone", _alias("example.com"), "not permitted at apex"),
    Case("RecordSet", "CNAME beside other records", _alias("taken.example.com"), "conflicting RRSet"),
    Case("RecordSet", "addresses that are none", _record(ResourceRecords=["a"]), "IllegalIPv4Address"),
    Case("RecordSet", "text without quotation marks", _record(Type="TXT", ResourceRecords=["a"]), "quotation marks"),
    Case(
        "RecordSet",
        "values without a TTL",
        {key: value for key, value in _record().items() if key != "TTL"},
        "Missing field 'TTL'",
    ),
)


def _alarm(**more: Any) -> dict[str, Any]:
    usual = {"MetricName": "a", "Namespace": "It", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
    return {key: value for key, value in {**usual, **more}.items() if value is not None}


WATCHING = (
    Case("Alarm", "periods that are no minutes", _alarm(Period=7), "multiple of 60"),
    Case("Alarm", "more than a day of short periods", _alarm(Period=1800, EvaluationPeriods=49), "more than 1 day"),
    Case("Alarm", "more than a week of long ones", _alarm(Period=86_400, EvaluationPeriods=8), "more than 7 day"),
    Case("Alarm", "more points than periods", _alarm(DatapointsToAlarm=2), "DatapointsToAlarm"),
    Case("Alarm", "actions that are no ARNs", _alarm(AlarmActions=["it"]), "Invalid arn syntax"),
    Case("Alarm", "a metric without a statistic", _alarm(Statistic=None), "Statistic"),
    Case("Dashboard", "bodies that are no JSON", {"DashboardBody": "{"}, "InvalidParameterInput"),
    Case("LogGroup", "a key that does not let the logs in", {"KmsKeyId": arn("Key")}, "not allowed to be used"),
    Case("SubscriptionFilter", "a third one", {"LogGroupName": ref("Logs")}, "LimitExceededException"),
    *(
        Case(
            "Rule", f"the schedule {expression}", {"ScheduleExpression": expression}, "ScheduleExpression is not valid"
        )
        for expression in ("rate(1 minutes)", "rate(5 minute)", "cron(0 10 * * *)", "cron(0 10 * * * *)")
    ),
    Case("Rule", "patterns of bare values", {"EventPattern": {"source": "it"}}, "must be an object or an array"),
    Case(
        "Rule",
        "tasks to run without a role",
        {"ScheduleExpression": "rate(1 day)", "Targets": [{"Id": "a", "Arn": arn("Cluster"), "EcsParameters": {}}]},
        "RoleArn is required",
    ),
)


def _database(**more: Any) -> dict[str, Any]:
    return {"Engine": "postgres", "AllocatedStorage": "20", "MasterUsername": "it", **more}


def _table(*attributes: str, **more: Any) -> dict[str, Any]:
    return {
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in attributes],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        **more,
    }


DATABASES = (
    Case("DBSubnetGroup", "fewer than two zones", {"SubnetIds": [ref("A"), ref("Beside")]}, "at least 2 AZs"),
    Case("DBInstance", "users that PostgreSQL keeps", _database(MasterUsername="admin"), "reserved word"),
    Case("DBInstance", "passwords below eight characters", _database(MasterUserPassword="abc"), "shorter than 8"),
    Case("DBInstance", "passwords with @", _database(MasterUserPassword="abcdefg@1"), "printable ASCII"),
    Case("DBInstance", "less than 20 GiB", _database(AllocatedStorage="5"), "Invalid storage size"),
    Case("DBInstance", "subnet groups that are not there", _database(DBSubnetGroupName="gone"), "'gone' not found"),
    Case("Table", "attributes that no key uses", _table("id", "other"), "AttributeDefinitions are not used"),
    Case("Table", "provisioned capacity without a number", _table("id"), "ReadCapacityUnits"),
)

_SERVICES = {
    "Topic": "SNS",
    "TopicPolicy": "SNS",
    "Subscription": "SNS",
    "Queue": "SQS",
    "QueuePolicy": "SQS",
    "Parameter": "SSM",
    "Secret": "SecretsManager",
    "Alarm": "CloudWatch",
    "Dashboard": "CloudWatch",
    "LogGroup": "Logs",
    "SubscriptionFilter": "Logs",
    "Rule": "Events",
    "DBInstance": "RDS",
    "DBSubnetGroup": "RDS",
    "Table": "DynamoDB",
}

CASES = (
    *(case for one in (*MESSAGES, *PARAMETERS, *WATCHING, *DATABASES) for case in of(_SERVICES[one.type], [one])),
    *of("Route53", NAMES),
)
