"""Where the ARN of a resource holds its name, and how CloudFormation makes a name for one that the template leaves out.

A type that is not listed has an ARN with an id that the service draws, or one about whose form the sources say nothing.

Sources: Service Authorization Reference (forms of ARNs); AWS CloudFormation User Guide, "Name type"; the examples of
generated names in the Template Reference of each type, and names that users show, such as the role
`SC-203616038615-pp-k57fhw-AdpConnectResourcesKafkaC-DCGLxtvbjfRp` and the load balancer `kb-ud-LoadB-1AP1P1O5Y9STY`.
A name that CloudFormation makes is `stack-logicalId-random`. Where that is longer than the service takes, stack and
logical id are both cut, each to half of what the random part and two hyphens leave; of load balancers and target
groups (32 characters), to five characters each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Twelve in most names today, thirteen in older ones.
_RANDOM_CHARACTERS = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How a type's ARN and name hang together.

    The ARN is that of the Service Authorization Reference with `before`, the name and one of `after` in place of its
    `*`; `strip` is what some names begin with and the ARN already holds.
    """

    property: str
    longest: int | None = None
    """The characters that a generated name may have; None where generated names do not begin as the stack's does."""
    kept: int | None = None
    """How many characters of the stack's name a generated one begins with at least, where that is not half."""
    lower: bool = False
    before: str = ""
    after: tuple[str, ...] = ("",)
    strip: str = ""

    def generated(self, stack: str, logical_id: str, random: str) -> str:
        """The name that CloudFormation makes. Raises ValueError for a type whose names do not tell the stack."""
        if self.longest is None:
            raise ValueError(f"{self.property}: generated names do not begin with the stack's name")
        name = f"{stack}-{logical_id}-{random}"
        if len(name) > self.longest:
            half = self.kept or (self.longest - len(random) - 2) // 2
            name = f"{stack[:half]}-{logical_id[:half]}-{random}"
        return name.lower() if self.lower else name

    def begins_with(self, stack: str) -> bool:
        """Whether every generated name begins with this text, which begins the stack's name."""
        if self.longest is None:
            return False
        return len(stack) <= (self.kept or (self.longest - _RANDOM_CHARACTERS - 2) // 2)


NAMED: Mapping[str, Named] = {
    "AWS::CloudWatch::Alarm": Named(property="AlarmName", longest=255),
    "AWS::CloudWatch::Dashboard": Named(property="DashboardName"),
    "AWS::CodeBuild::Project": Named(property="Name"),
    "AWS::DynamoDB::Table": Named(property="TableName", longest=255),
    "AWS::ECR::Repository": Named(property="RepositoryName", longest=256, lower=True),
    "AWS::ECS::Cluster": Named(property="ClusterName", longest=255),
    "AWS::ECS::Service": Named(property="ServiceName", longest=255, before="*/"),
    "AWS::ECS::TaskDefinition": Named(property="Family", before="task-definition/", after=(":*",)),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Named(property="Name", longest=32, kept=5, after=("/*",)),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Named(property="Name", longest=32, kept=5, after=("/*",)),
    "AWS::IAM::Group": Named(property="GroupName", longest=128),
    "AWS::IAM::ManagedPolicy": Named(property="ManagedPolicyName", longest=128),
    "AWS::IAM::Role": Named(property="RoleName", longest=64),
    "AWS::KMS::Alias": Named(property="AliasName", strip="alias/"),
    "AWS::Kinesis::Stream": Named(property="Name", longest=128),
    "AWS::Lambda::Function": Named(property="FunctionName", longest=64, after=("", ":*")),
    "AWS::Logs::LogGroup": Named(property="LogGroupName", longest=512, after=("", ":*")),
    "AWS::S3::Bucket": Named(property="BucketName", longest=63, lower=True),
    "AWS::SNS::Topic": Named(property="TopicName", longest=256),
    "AWS::SQS::Queue": Named(property="QueueName", longest=80),
    "AWS::SSM::Parameter": Named(property="Name", strip="/"),
    "AWS::SecretsManager::Secret": Named(property="Name", after=("-*",)),
}
"""The types whose ARN holds the resource's name."""
