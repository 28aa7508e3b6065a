"""What AWS services tell about for whom they act: for some, a condition on that can never hold.

Most services name the account or the resource behind a call (`aws:SourceAccount`, `aws:SourceArn`). Those here do not,
as far as AWS documents: a policy that asks them for a source never lets them in, and nothing tells of it. No event
arrives, no request moves.
"""

from __future__ import annotations

from collections.abc import Mapping

SOURCE_KEYS = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")
"""The condition keys that name a source, in lower case."""

TRUSTED: Mapping[str, str] = {
    # An instance profile's role is taken on by the instance itself, in the account that both belong to.
    "ec2.amazonaws.com": "EC2 hands a role to instances of its own account only, and names no source",
    # Its role is a setting of the account and is used for no other.
    "apigateway.amazonaws.com": "API Gateway's role for logs is a setting of the account, and names no source",
    # Whoever makes a pipeline must be allowed to pass its role, which nobody of another account can be (IAM User Guide,
    # "Grant a user permissions to pass a role to an AWS service").
    "codepipeline.amazonaws.com": "CodePipeline takes on roles of a pipeline's own account, and is not known to name a "
    "source",
    # CloudTrail User Guide, "Role policy document for CloudTrail to use CloudWatch Logs for monitoring".
    "cloudtrail.amazonaws.com": "CloudTrail takes on the role of a trail of its own account, and names no source",
    # Replicas of functions at the edge belong to the account of their distribution.
    "edgelambda.amazonaws.com": "Lambda@Edge takes on the role of the function that it replicates, and names no source",
    # ECS Developer Guide, "Amazon ECS infrastructure IAM role for load balancers", and "Permissions required for Lambda
    # functions in Amazon ECS blue/green deployments".
    "ecs.amazonaws.com": "ECS takes on the role that a service names; whoever makes the service must be allowed to "
    "pass it, which nobody of another account can be",
}
"""By service that takes on roles, why no other account's resource can stand behind it though it names no source (IAM
User Guide, "The confused deputy problem": the keys work only with services that support them)."""

_EVENTS = "events.amazonaws.com"

ADMITTED: Mapping[tuple[str, str], str] = {
    # SNS Developer Guide, "Managing Amazon SNS encryption keys and costs"; EventBridge User Guide, "Troubleshooting".
    **dict.fromkeys(
        (("AWS::KMS::Key", _EVENTS), ("AWS::KMS::ReplicaKey", _EVENTS)),
        "EventBridge names no source to keys, and reaches only topics and queues that let its events in",
    ),
    # EventBridge User Guide, "Using resource-based policies for Amazon EventBridge", and "Sending events to an AWS
    # service in another account in EventBridge".
    **dict.fromkeys(
        (("AWS::SNS::TopicInlinePolicy", _EVENTS), ("AWS::SNS::TopicPolicy", _EVENTS)),
        "EventBridge knows no conditions in policies of topics, and reaches a topic of another account only as a role "
        "of its own account",
    ),
}
"""By resource type and service that its policy lets in, why that may be without a source."""


def is_sourceless(service: str) -> bool:
    """Whether a service, named as in `Principal`, takes on roles without telling for whom."""
    return service in TRUSTED
