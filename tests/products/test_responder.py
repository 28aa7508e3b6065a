"""The function that answers findings, with stand-ins for the services that it calls."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

SOURCE = Path(__file__).parents[2] / "products/security_baseline/functions/responder/index.py"
INSTANCE = "i-0123456789abcdef0"
INTERFACES = [
    {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "Groups": [{"GroupId": "sg-app"}, {"GroupId": "sg-db"}]},
    {"NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "Groups": [{"GroupId": "sg-app"}]},
]
EVERYTHING_OUT = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
WORLD, OFFICE = {"CidrIp": "0.0.0.0/0"}, {"CidrIp": "203.0.113.0/24"}
WORLD_6 = {"CidrIpv6": "::/0"}


class Service:
    """Answers from a table, and remembers what was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.asked.append((name, arguments))
            answer = self.answers.get(name, {})
            answer = answer.pop(0) if isinstance(answer, list) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def changes(self) -> list[tuple[str, dict[str, Any]]]:
        return [item for item in self.asked if not item[0].startswith("describe_")]


class Account:
    """The function with the services of an account."""

    def __init__(self, module: ModuleType, services: dict[str, Service]) -> None:
        self.module = module
        self.services = services

    def __call__(self, kind: str, detail: dict[str, Any]) -> None:
        self.module.handler({"detail-type": kind, "detail": detail}, None)

    def told(self) -> list[dict[str, Any]]:
        return [arguments for _, arguments in self.services["sns"].asked]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    for name, value in {
        "DRY_RUN": "false",
        "CRITICAL_TOPIC_ARN": "critical",
        "WARNING_TOPIC_ARN": "warning",
        "QUARANTINE_NAME": "quarantine",
        "TAGS": json.dumps({"Project": "platform"}),
    }.items():
        monkeypatch.setenv(name, value)
    spec = importlib.util.spec_from_file_location("responder", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    services = {name: Service() for name in ("ec2", "ecs", "s3", "securityhub", "sns")}
    monkeypatch.setattr(module.boto3, "client", lambda name: services[name])
    return Account(module, services)


def missing(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "It is not there."}}, "It")


def threat(**resource: Any) -> dict[str, Any]:
    return {"title": "Somebody mines coins", "type": "CryptoCurrency:EC2/BitcoinTool.B", "resource": resource}


def attacked() -> dict[str, Any]:
    return threat(resourceType="Instance", instanceDetails={"instanceId": INSTANCE})


def weakness(control: str, kind: str, arn: str, label: str = "CRITICAL", status: str = "FAILED") -> dict[str, Any]:
    finding = {
        "Id": "finding",
        "ProductArn": "product",
        "Title": f"Control {control} failed",
        "Severity": {"Label": label},
        "Compliance": {"Status": status, "SecurityControlId": control},
        "Resources": [{"Type": kind, "Id": arn}],
    }
    return {"findings": [finding]}


def test_an_attacked_instance_goes_into_quarantine_with_all_its_interfaces(account: Account) -> None:
    made = {"GroupId": "sg-quarantine", "IpPermissionsEgress": EVERYTHING_OUT}
    closed = {**made, "IpPermissionsEgress": []}
    ec2 = account.services["ec2"]
    ec2.answers = {
        "describe_instances": {"Reservations": [{"Instances": [{"NetworkInterfaces": INTERFACES}]}]},
        # There is none; then it is made; the second interface finds it.
        "describe_security_groups": [{"SecurityGroups": found} for found in ([], [made], [closed])],
        "create_security_group": {"GroupId": "sg-quarantine"},
    }
    account("GuardDuty Finding", attacked())
    created, revoked, *moved = ec2.changes()
    assert created[1]["TagSpecifications"][0]["Tags"] == [{"Key": "Project", "Value": "platform"}]
    assert revoked == ("revoke_security_group_egress", {"GroupId": "sg-quarantine", "IpPermissions": EVERYTHING_OUT})
    assert moved == [
        ("modify_network_interface_attribute", {"NetworkInterfaceId": name, "Groups": ["sg-quarantine"]})
        for name in ("eni-1", "eni-2")
    ]
    (told,) = account.told()
    assert told["TopicArn"] == "critical"
    # With this a person can put it back.
    assert "out of sg-app, sg-db" in told["Message"]


def test_an_instance_that_is_in_quarantine_stays_there(account: Account) -> None:
    inside = {**INTERFACES[0], "Groups": [{"GroupId": "sg-quarantine"}]}
    closed = {"GroupId": "sg-quarantine", "IpPermissionsEgress": []}
    account.services["ec2"].answers = {
        "describe_instances": {"Reservations": [{"Instances": [{"NetworkInterfaces": [inside]}]}]},
        "describe_security_groups": {"SecurityGroups": [closed]},
    }
    account("GuardDuty Finding", attacked())
    assert account.services["ec2"].changes() == []


def test_an_attacked_task_is_stopped(account: Account) -> None:
    details = {"arn": "cluster", "taskDetails": {"arn": "task"}}
    account("GuardDuty Finding", threat(resourceType="ECSCluster", ecsClusterDetails=details))
    ((name, asked),) = account.services["ecs"].asked
    assert (name, asked["cluster"], asked["task"]) == ("stop_task", "cluster", "task")


def test_other_threats_are_left_to_people(account: Account) -> None:
    account("GuardDuty Finding", threat(resourceType="AccessKey"))
    assert [service.asked for service in account.services.values()] == [[]] * 5


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("Security Hub Findings - Imported", weakness("S3.2", "AwsS3Bucket", "arn:aws:s3:::open")),
        (
            "Config Rules Compliance Change",
            {"resourceType": "AWS::S3::Bucket", "resourceId": "open", "configRuleName": "rule"},
        ),
    ],
)
def test_a_public_bucket_is_closed(kind: str, detail: dict[str, Any], account: Account) -> None:
    account(kind, detail)
    ((name, asked),) = account.services["s3"].asked
    assert (name, asked["Bucket"]) == ("put_public_access_block", "open")
    assert list(asked["PublicAccessBlockConfiguration"].values()) == [True] * 4
    assert "Done: block public access to bucket open" in account.told()[0]["Message"]


def test_a_bucket_that_is_gone_needs_nothing(account: Account) -> None:
    account.services["s3"].answers = {"put_public_access_block": missing("NoSuchBucket")}
    detail = {"resourceType": "AWS::S3::Bucket", "resourceId": "gone", "configRuleName": "rule"}
    account("Config Rules Compliance Change", detail)
    assert account.told() == []


def test_what_fails_is_tried_again(account: Account) -> None:
    account.services["s3"].answers = {"put_public_access_block": missing("AccessDenied")}
    detail = {"resourceType": "AWS::S3::Bucket", "resourceId": "open", "configRuleName": "rule"}
    with pytest.raises(ClientError):
        account("Config Rules Compliance Change", detail)


def ports(first: int, last: int, *ranges: dict[str, str], six: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": list(ranges)}
    return found | ({"Ipv6Ranges": [WORLD_6]} if six else {})


@pytest.mark.parametrize(
    ("permission", "revoked"),
    [
        (ports(22, 22, WORLD), ports(22, 22, WORLD)),
        (ports(22, 22, WORLD, OFFICE), ports(22, 22, WORLD)),
        (ports(0, 65535, WORLD), ports(0, 65535, WORLD)),
        (ports(3000, 4000, WORLD, six=True), ports(3000, 4000, WORLD, six=True)),
        (
            {"IpProtocol": "-1", "IpRanges": [], "Ipv6Ranges": [WORLD_6]},
            {"IpProtocol": "-1", "Ipv6Ranges": [WORLD_6]},
        ),
        (ports(22, 22, OFFICE), None),
        (ports(443, 443, WORLD), None),
        (ports(23, 3388, WORLD), None),
        ({"IpProtocol": "udp", "FromPort": 3389, "ToPort": 3389, "IpRanges": [WORLD]}, None),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [WORLD]}, None),
    ],
)
def test_only_rules_that_open_administration_to_anybody_are_taken_back(
    permission: dict[str, Any], revoked: dict[str, Any] | None, account: Account
) -> None:
    ec2 = account.services["ec2"]
    ec2.answers = {"describe_security_groups": {"SecurityGroups": [{"IpPermissions": [permission]}]}}
    arn = "arn:aws:ec2:us-east-1:222222222222:security-group/sg-open"
    account("Security Hub Findings - Imported", weakness("EC2.19", "AwsEc2SecurityGroup", arn))
    asked = [arguments for name, arguments in ec2.changes() if name == "revoke_security_group_ingress"]
    assert asked == ([{"GroupId": "sg-open", "IpPermissions": [revoked]}] if revoked else [])


def test_a_finding_is_told_once(account: Account) -> None:
    account("Security Hub Findings - Imported", weakness("RDS.2", "AwsRdsDbInstance", "arn:db", label="HIGH"))
    (told,) = account.told()
    assert (told["TopicArn"], told["Subject"]) == ("warning", "HIGH: Control RDS.2 failed")
    ((name, asked),) = account.services["securityhub"].asked
    assert (name, asked["Workflow"]) == ("batch_update_findings", {"Status": "NOTIFIED"})
    assert asked["FindingIdentifiers"] == [{"Id": "finding", "ProductArn": "product"}]


def test_a_control_that_passes_is_not_told(account: Account) -> None:
    account("Security Hub Findings - Imported", weakness("S3.2", "AwsS3Bucket", "arn:b", status="PASSED"))
    assert account.told() == account.services["s3"].asked == []


def test_a_subject_is_what_sns_takes(account: Account) -> None:
    account.module.tell("HIGH", "Größe \n" + "x" * 200, [])
    (told,) = account.told()
    assert told["Subject"].startswith("HIGH: Gr??e ?xx")
    assert len(told["Subject"]) == 100


@pytest.mark.parametrize("dry", ["true", "", "False"])
def test_a_dry_run_tells_and_changes_nothing(dry: str, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRY_RUN", dry)
    ec2 = account.services["ec2"]
    ec2.answers = {
        "describe_instances": {"Reservations": [{"Instances": [{"NetworkInterfaces": INTERFACES}]}]},
        "describe_security_groups": {"SecurityGroups": [{"IpPermissions": [ports(22, 22, WORLD)]}]},
    }
    account("GuardDuty Finding", attacked())
    details = {"arn": "cluster", "taskDetails": {"arn": "task"}}
    account("GuardDuty Finding", threat(resourceType="ECSCluster", ecsClusterDetails=details))
    account("Security Hub Findings - Imported", weakness("S3.8", "AwsS3Bucket", "arn:aws:s3:::open"))
    account("Security Hub Findings - Imported", weakness("EC2.13", "AwsEc2SecurityGroup", "arn:x/sg-open"))
    changes = [account.services[name].changes() for name in ("ec2", "ecs", "s3")]
    assert changes == [[], [], []]
    assert len(account.told()) == 4
    assert all("Dry run, nothing was changed. Would have: " in told["Message"] for told in account.told())
