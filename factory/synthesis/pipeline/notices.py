"""Who hears of it when something waits for approval or has failed: a topic, and the rule that tells it of failures."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from awacs import sns
from awacs.aws import Principal
from troposphere import GetAtt, Template
from troposphere.events import Rule
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

from factory.authoring.pipeline_notices import RUN_LINK, message, runs
from factory.authoring.policy import allow, deny_plain_http, document
from factory.synthesis.account.names import TAGS
from factory.synthesis.pipeline import names

_RULE = f"{names.STACK_NAME}-failed"


def add_notices(template: Template, addresses: Iterable[str]) -> None:
    """Add the topic, a subscription for each e-mail address, and the rule."""
    topic = template.add_resource(
        Topic(
            names.TOPIC,
            DisplayName="The factory's pipeline",
            KmsMasterKeyId=GetAtt(names.KEY, "Arn"),
            Tags=TAGS,
        )
    )
    template.add_resource(
        TopicPolicy(
            "NoticesPolicy",
            Topics=[topic.ref()],
            PolicyDocument=document(
                # A condition would keep EventBridge out (factory.authoring.sources).
                allow("TellOfFailures", [sns.Publish], topic.ref(), to=Principal("Service", "events.amazonaws.com")),
                deny_plain_http([sns.Publish], topic.ref()),
            ),
        )
    )
    for address in addresses:
        title = f"Subscription{sha256(address.encode()).hexdigest()[:10]}"
        template.add_resource(SubscriptionResource(title, TopicArn=topic.ref(), Protocol="email", Endpoint=address))
    template.add_resource(
        Rule(
            "Failed",
            Name=_RULE,
            Description="Tells of executions of the factory's pipeline that failed",
            EventPattern=runs(names.PIPELINE, ["FAILED"]),
            Targets=[message(topic.ref(), f"Pipeline <pipeline> failed. Nothing is tried again by itself: {RUN_LINK}")],
            Tags=TAGS,
        )
    )
