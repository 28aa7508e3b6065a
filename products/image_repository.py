"""The product `image-repository`: where a service's container images are kept, scanned and pulled from."""

from __future__ import annotations

import json
from typing import Any

from awacs import ecr
from awacs.aws import ArnLike, ArnNotLike, Condition, Deny, Principal, Statement
from troposphere import AccountId, And, If, Join, Not, Or, Split, Sub
from troposphere.ecr import EncryptionConfiguration, ImageScanningConfiguration, LifecyclePolicy, Repository
from troposphere.events import Rule, Target

from factory.authoring import Number, Product, Requires, Stack, Text
from factory.authoring.policy import allow, document, only_for, where
from products.parts import contract
from products.parts.delivery.names import pipeline_role_name
from products.parts.images import PULL, PUSH

_UNTAGGED_DAYS = 7
_SEVERITIES = ("CRITICAL", "HIGH")

_HAS_PIPELINE = "HasPipeline"
_HAS_READERS = "HasPullAccounts"


class ImageRepository(Product):
    """A private repository for container images: tags never move, every push is scanned, old images go by themselves.

    Other accounts pull from it as far as they are named. Copies in other regions are not its matter: an account has one
    replication setting for all its repositories in a region, which two repositories would overwrite for each other.
    """

    name = "image-repository"
    version = "1.1.0"

    repository_name = Text(
        "Repository name",
        group="Repository",
        default="main",
        pattern=r"[a-z][a-z0-9-]{1,29}",
        constraint="2 to 30 lower-case letters, digits and hyphens, starting with a letter.",
        help="Tells the repositories of an environment apart; usually the name of the service.",
    )
    keep_images = Number(
        "Images to keep",
        group="Repository",
        low=1,
        high=1000,
        default=10,
        help="How many of the latest images stay. Untagged ones go after seven days.",
    )
    pull_accounts = Text(
        "Accounts that pull",
        group="Access",
        default="",
        pattern=r"(\d{12}(,\d{12}){0,9})?",
        constraint="Empty, or 1 to 10 account ids of 12 digits joined by commas.",
        help="Other accounts whose roles and functions may pull images, such as those of the next environments.",
    )
    pipeline_role = Text(
        "Pipeline role",
        group="Access",
        default="",
        pattern=r"([A-Za-z0-9_+=,.@/-]+\*?)?",
        constraint="Empty, auto, or the name of a role; a * at its end stands for any characters.",
        help="Nobody else may push then. Auto: that of the delivery-pipeline of this name; empty: as IAM policies say.",
    )
    pipeline_account = Text(
        "Pipeline account",
        group="Access",
        default="",
        pattern=r"(\d{12})?",
        constraint="Empty, or an account id of 12 digits.",
        help="Account that the pipeline's role is in; empty for this one.",
    )
    key_arn = Requires(contract.KEY_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)

    def build(self, stack: Stack) -> None:
        repository = stack.add(
            # It has no name of its own choice: its images outlive the stack, and the next stack's must not collide.
            Repository(
                "Repository",
                ImageTagMutability="IMMUTABLE",
                ImageScanningConfiguration=ImageScanningConfiguration(ScanOnPush=True),
                EncryptionConfiguration=EncryptionConfiguration(EncryptionType="KMS", KmsKey=self.key_arn),
                LifecyclePolicy=LifecyclePolicy(LifecyclePolicyText=_lifecycle()),
                # Registries are reached over TLS alone: there is no plain HTTP to refuse.
                RepositoryPolicyText=document(*self._pulling(stack), *self._pushing(stack)),
                DeletionPolicy="RetainExceptOnCreate",
                UpdateReplacePolicy="Retain",
            )
        )
        self._findings(stack, repository)
        name = ImageRepository.repository_name
        stack.provide(contract.REPOSITORY_URI, repository.get_att("RepositoryUri"), provider=name)
        stack.provide(contract.REPOSITORY_ARN, repository.get_att("Arn"), provider=name)
        stack.provide(contract.REPOSITORY_NAME, repository.ref(), provider=name)

    def _pulling(self, stack: Stack) -> list[Any]:
        """The statements that let images out; roles of this account need none.

        Lambda fetches the image of a function by itself (Lambda Developer Guide, "Amazon ECR permissions").
        """
        stack.condition(_HAS_READERS, Not(ImageRepository.pull_accounts.equals("")))
        fetch = [ecr.BatchGetImage, ecr.GetDownloadUrlForLayer]
        functions = Principal("Service", "lambda.amazonaws.com")
        own = only_for("arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:*")
        foreign_roles = ArnLike({"aws:PrincipalArn": self._in_each_account("arn:*:iam::", ":role/*")})
        foreign_functions = ArnLike({"aws:SourceArn": self._in_each_account("arn:*:lambda:*:", ":function:*")})
        accounts = Principal("AWS", Split(",", self.pull_accounts))
        return [
            allow("FunctionsOfThisAccountPull", fetch, None, to=functions, when=[own]),
            where(_HAS_READERS, allow("NamedAccountsPull", PULL, None, to=accounts, when=[foreign_roles])),
            where(_HAS_READERS, allow("TheirFunctionsPull", fetch, None, to=functions, when=[foreign_functions])),
        ]

    def _in_each_account(self, before: str, after: str) -> Split:
        """One ARN for each account of the list; the partition in them is a wildcard, as a separator can't refer."""
        joined = Join(f"{after},{before}", Split(",", self.pull_accounts))
        return Split(",", Sub(f"{before}${{Accounts}}{after}", Accounts=joined))

    def _pushing(self, stack: Stack) -> list[Any]:
        has_role = Not(ImageRepository.pipeline_role.equals(""))
        has_account = Not(ImageRepository.pipeline_account.equals(""))
        stack.condition(_HAS_PIPELINE, has_role)
        stack.condition("PipelineIsElsewhere", And(has_role, has_account))
        stack.rule(
            "PipelineAccountGoesWithARole",
            (
                Or(ImageRepository.pipeline_account.equals(""), has_role),
                "Pipeline account: name the role in it that pushes, too.",
            ),
        )
        account = If("PipelineIsElsewhere", self.pipeline_account, AccountId)
        own = stack.condition("PipelineHasThisName", ImageRepository.pipeline_role.equals("auto"))
        name = If(own, Sub(pipeline_role_name("${Environment}", "${RepositoryName}", "build")), self.pipeline_role)
        role = {
            "aws:PrincipalArn": Sub("arn:${AWS::Partition}:iam::${Account}:role/${Role}", Account=account, Role=name),
        }
        return [
            where(
                _HAS_PIPELINE,
                allow(
                    "PipelinePushes",
                    [*PULL, *PUSH],
                    None,
                    to=Principal("AWS", account),
                    when=[ArnLike(role)],
                ),
            ),
            where(
                _HAS_PIPELINE,
                Statement(
                    Sid="NobodyElsePushes",
                    Effect=Deny,
                    Principal=Principal("*"),
                    Action=list(PUSH),
                    Condition=Condition(ArnNotLike(role)),
                ),
            ),
        ]

    def _findings(self, stack: Stack, repository: Repository) -> None:
        """What a scan finds, told to the topic (ECR User Guide, "Amazon ECR events and EventBridge").

        Where the account has enhanced scanning, Amazon Inspector scans instead, and names the repository by ARN.
        """
        serious = [{"finding-severity-counts": {name: [{"numeric": [">", 0]}]}} for name in _SEVERITIES]
        stack.add(
            Rule(
                "ScanFindings",
                Description=Sub("Images of ${RepositoryName} with critical or high findings"),
                EventPattern={
                    "source": ["aws.ecr", "aws.inspector2"],
                    "detail-type": ["ECR Image Scan", "Inspector2 Scan"],
                    "detail": {"repository-name": [repository.ref(), repository.get_att("Arn")], "$or": serious},
                },
                Targets=[Target(Id="warning", Arn=self.warning_topic)],
            )
        )


def _lifecycle() -> Sub:
    rules = [
        {
            "rulePriority": 1,
            "description": "Untagged images",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": _UNTAGGED_DAYS,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": "All but the latest images",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": "KEEP"},
            "action": {"type": "expire"},
        },
    ]
    # The number stands in the text without quotation marks.
    return Sub(json.dumps({"rules": rules}).replace('"KEEP"', "${KeepImages}"))
