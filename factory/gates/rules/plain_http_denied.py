"""House rule: buckets, queues and topics refuse what does not come over TLS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from factory.gates import house, policies
from factory.gates.resources import Resource

# By resource type: the types of policies with the property that names what they are about, the property that holds a
# name of one's own, and the actions to refuse. A topic's policy knows no others (Amazon SNS, "Enforce encryption in
# transit"); of a queue's these carry messages.
_POLICIES: Mapping[str, tuple[Mapping[str, str], str, tuple[str, ...]]] = {
    "AWS::S3::Bucket": ({"AWS::S3::BucketPolicy": "Bucket"}, "BucketName", ("s3:GetObject", "s3:PutObject", "s3:*")),
    "AWS::SNS::Topic": (
        {"AWS::SNS::TopicPolicy": "Topics", "AWS::SNS::TopicInlinePolicy": "TopicArn"},
        "TopicName",
        ("sns:Publish",),
    ),
    "AWS::SQS::Queue": (
        {"AWS::SQS::QueuePolicy": "Queues", "AWS::SQS::QueueInlinePolicy": "Queue"},
        "QueueName",
        ("sqs:SendMessage", "sqs:ReceiveMessage"),
    ),
}


class PlainHttpDenied(house.HouseRule):
    """A policy of the same template refuses everybody plain HTTP, on every bucket, queue and topic."""

    id = "E9105"
    shortdesc = "Plain HTTP denied on buckets, queues and topics"
    description = "S3, SQS and SNS answer on plain HTTP too, where requests and data are read and changed on the way."
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit"
    mend = "Give it a policy with factory.authoring.policy.deny_plain_http, for a bucket on itself and its objects."
    controls = (
        "nist-800-53/AC-17(2)",
        "nist-800-53/SC-8",
        "nist-800-53/SC-8(1)",
        "nist-800-53/SC-23",
        "soc2/CC6.7",
        "cis-aws/2.1.1",
        "pci-dss/4.2.1",
        "gdpr/32",
        "platform/encryption-in-transit",
    )
    types = frozenset(_POLICIES)

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look for the statement in the policy of the resource; of several, the last to be made counts."""
        kinds, own_name, actions = _POLICIES[resource.type]
        name = resource.get(own_name)

        def denies(policy: Resource) -> bool:
            return any(
                statement.denies_plain_http()
                and _covers(statement.actions, actions)
                and _is_about(resource, name, statement.resources)
                for statement in policies.statements(policy.get("PolicyDocument"), policies.Purpose.RESOURCE)
            )

        own = [
            policy
            for policy in resource.world.resources(*kinds)
            if any(resource.is_meant_by(item) or item == name for item in policy.items(kinds[policy.type]))
        ]
        if not own:
            yield house.Problem(message="no policy denies everybody plain HTTP on it")
        for policy in own:
            if not denies(policy):
                yield house.Problem(message=f"its policy {policy.name} does not deny everybody plain HTTP on it")


def _covers(patterns: Iterable[Any], actions: Iterable[str]) -> bool:
    return all(any(fnmatchcase(action.lower(), str(pattern).lower()) for pattern in patterns) for action in actions)


def _is_about(resource: Resource, name: Any, arns: Iterable[Any]) -> bool:
    """Whether the ARNs of a statement are those of the resource, with all objects where it is a bucket."""
    own = [str(arn) for arn in arns if resource.is_meant_by(arn) or (name is not None and str(name) in str(arn))]
    if resource.type != "AWS::S3::Bucket":
        return bool(own) or "*" in arns
    whole = [arn for arn in own if arn.endswith("*") and "/" not in arn.rpartition(":")[2]]
    itself = [arn for arn in own if "/" not in arn.rpartition(":")[2]]
    objects = [arn for arn in own if arn.endswith("/*") and arn.rpartition(":")[2].count("/") == 1]
    return bool(whole) or (bool(itself) and bool(objects))
