"""Who hears of it when something waits for approval or has failed: a topic, and the rule that tells it of failures."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from awacs import sns
from awacs.aws import Principal
from troposphere import GetAtt, Sub, Template
from troposphere.events import InputTransformer, Rule, Target
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

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
            EventPattern={
                "source": ["aws.codepipeline"],
                "detail-type": ["CodePipeline Pipeline Execution State Change"],
                "detail": {"pipeline": [names.PIPELINE], "state": ["FAILED"]},
            },
            Targets=[
                Target(
                    Id="topic",
                    Arn=topic.ref(),
                    InputTransformer=InputTransformer(
                        InputPathsMap={"execution": "$.detail.execution-id", "pipeline": "$.detail.pipeline"},
                        InputTemplate=Sub(
                            '"Pipeline <pipeline> failed. Nothing is tried again by itself: '
                            "https://${AWS::Region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/<pipeline>"
                            '/executions/<execution>/timeline"'
                        ),
                    ),
                )
            ],
            Tags=TAGS,
        )
    )
