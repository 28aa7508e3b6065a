"""What a team that sends or receives messages relies on."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from factory.synthesis.artifact import synthesize
from products.message_queue import MessageQueue
from tests.conftest import ROOT
from tests.products.launching import Launched, allowed

SENDER = "arn:aws:iam::222222222222:role/sender"
RECEIVER = "arn:aws:iam::222222222222:role/receiver"
TOPIC = "arn:aws:sns:us-east-1:222222222222:orders"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return synthesize(MessageQueue).template


def policy(**given: str) -> Any:
    return Launched(MessageQueue, **given)["MessagesPolicy"]["PolicyDocument"]


def test_what_fails_time_and_again_goes_to_the_dead_letter_queue(template: dict[str, Any]) -> None:
    redrive = template["Resources"]["Messages"]["Properties"]["RedrivePolicy"]
    assert redrive == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["DeadLetters", "Arn"]},
        "maxReceiveCount": {"Ref": "Attempts"},
    }
    assert Launched(MessageQueue)["DeadLetters"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_the_dead_letter_queue_takes_the_messages_of_its_queue_alone(template: dict[str, Any]) -> None:
    """It names the queue by the same expression that gives the queue its name."""
    allowing = template["Resources"]["DeadLetters"]["Properties"]["RedriveAllowPolicy"]
    assert allowing["redrivePermission"] == "byQueue"
    ((arn, names),) = [source["Fn::Sub"] for source in allowing["sourceQueueArns"]]
    assert arn.endswith(":sqs:${AWS::Region}:${AWS::AccountId}:${Name}")
    assert names["Name"] == template["Resources"]["Messages"]["Properties"]["QueueName"]
    assert Launched(MessageQueue)["Messages"]["RedriveAllowPolicy"] == {"redrivePermission": "denyAll"}


@pytest.mark.parametrize("kind", ["standard", "fifo"])
def test_both_queues_are_of_the_same_kind(kind: str, template: dict[str, Any]) -> None:
    launched = Launched(MessageQueue, Kind=kind)
    assert [queue.get("FifoQueue", False) for queue in launched.of_type("AWS::SQS::Queue").values()] == [
        kind == "fifo"
    ] * 2
    name, ending = template["Resources"]["Messages"]["Properties"]["QueueName"]["Fn::Join"][1]
    assert ending == {"Fn::If": ["IsFifo", ".fifo", ""]}
    # The longest that every piece of the name can be, and the suffix.
    longest = len("a" * 20 + "-staging-queue-" + "a" * 20 + "-" + "0" * 12 + ".fifo")
    assert name["Fn::Sub"][0] == "${Project}-${Environment}-queue-${QueueName}-${Unique}"
    assert longest <= 80


@pytest.mark.parametrize("title", ["Messages", "DeadLetters"])
def test_messages_are_encrypted_and_travel_by_tls_only(title: str, template: dict[str, Any]) -> None:
    assert template["Resources"][title]["Properties"]["KmsMasterKeyId"] == {"Ref": "KeyArn"}
    refused = allowed(Launched(MessageQueue)[f"{title}Policy"]["PolicyDocument"], "Deny")["DenyPlainHttp"]
    assert (refused["Principal"], refused["Action"]) == ("*", ["sqs:*"])


def test_nobody_else_is_let_in_by_default() -> None:
    assert allowed(policy()) == {}


def test_named_roles_send_and_receive_and_do_nothing_else() -> None:
    granted = allowed(policy(SenderRoles=f"{SENDER},{RECEIVER}", ReceiverRoles=RECEIVER))
    assert granted["RolesSend"]["Principal"] == {"AWS": [SENDER, RECEIVER]}
    assert "sqs:ReceiveMessage" not in granted["RolesSend"]["Action"]
    assert granted["RolesReceive"]["Principal"] == {"AWS": [RECEIVER]}
    assert "sqs:SendMessage" not in granted["RolesReceive"]["Action"]
    assert "sqs:PurgeQueue" not in str(granted)


def test_a_service_sends_for_one_source() -> None:
    sends = allowed(policy(SenderService="sns", SenderArn=TOPIC))["ServiceSends"]
    assert sends["Principal"] == {"Service": "sns.amazonaws.com"}
    assert sends["Condition"] == {"ArnEquals": {"aws:SourceArn": TOPIC}}
    # A bucket's ARN tells no account.
    sends = allowed(policy(SenderService="s3", SenderArn="arn:aws:s3:::photos"))["ServiceSends"]
    assert sends["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "222222222222"},
        "ArnEquals": {"aws:SourceArn": "arn:aws:s3:::photos"},
    }


@pytest.mark.parametrize(
    ("given", "source"),
    [
        ({}, None),
        ({"EventPattern": '{"source": ["orders"]}'}, {"EventPattern": '{"source": ["orders"]}'}),
        ({"Schedule": "rate(5 minutes)"}, {"ScheduleExpression": "rate(5 minutes)"}),
    ],
)
def test_events_come_where_asked_for(given: dict[str, str], source: dict[str, str] | None) -> None:
    launched = Launched(MessageQueue, **given)
    assert ("Events" in launched) is (source is not None)
    assert ("EventsCome" in allowed(policy(**given))) is (source is not None)
    if source is not None:
        rule = launched["Events"]
        assert {key: rule[key] for key in ("EventPattern", "ScheduleExpression") if key in rule} == source


def test_events_come_into_one_group_of_a_fifo_queue() -> None:
    (target,) = Launched(MessageQueue, Kind="fifo", Schedule="rate(1 hour)")["Events"]["Targets"]
    assert target["SqsParameters"] == {"MessageGroupId": "events"}


def test_alarms_watch_age_depth_and_every_dead_letter() -> None:
    alarms = Launched(MessageQueue, OldestSeconds="60", MostWaiting="5").of_type("AWS::CloudWatch::Alarm")
    found = {title: (alarm["MetricName"], str(alarm["Threshold"])) for title, alarm in alarms.items()}
    assert found == {
        "MessagesWaitLong": ("ApproximateAgeOfOldestMessage", "60"),
        "ManyMessagesWait": ("ApproximateNumberOfMessagesVisible", "5"),
        "MessagesFailed": ("ApproximateNumberOfMessagesVisible", "0"),
    }


def test_the_standard_library_stays_in_reach_beside_the_products() -> None:
    """A program that starts in the directory of the products has it first on its path."""
    done = subprocess.run(
        [sys.executable, "-c", "import queue; queue.SimpleQueue()"], cwd=ROOT / "products", check=False
    )
    assert done.returncode == 0
