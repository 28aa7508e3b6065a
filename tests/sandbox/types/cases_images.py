"""Rich settings of ECR."""

from __future__ import annotations

import json

from tests.sandbox.types.cases_network import NEW_TAGS, TAGS
from tests.sandbox.types.cases_storage import KEY, asked
from tests.sandbox.types.readback import Aws, Case, Properties


def repository(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    ecr = aws("ecr")
    try:
        (found,) = ecr.describe_repositories(repositoryNames=[physical_id])["repositories"]
    except ecr.exceptions.RepositoryNotFoundException:
        return None
    policy = asked(ecr.get_repository_policy, repositoryName=physical_id) or {}
    return {
        **found,
        "RepositoryPolicyText": policy.get("policyText"),
        "LifecyclePolicy": asked(ecr.get_lifecycle_policy, repositoryName=physical_id),
        "Tags": ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"],
    }


def lifecycle(days: int) -> dict[str, str]:
    selection = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    return {"LifecyclePolicyText": json.dumps({"rules": [rule]})}


def readable_by(service: str) -> dict[str, object]:
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": ["ecr:BatchGetImage"]}
    return {"Version": "2012-10-17", "Statement": [statement]}


CASES = (
    Case(
        type="AWS::ECR::Repository",
        beside=KEY,
        properties={
            "RepositoryName": "it",
            "ImageTagMutability": "IMMUTABLE",
            "ImageScanningConfiguration": {"ScanOnPush": True},
            "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": {"Fn::GetAtt": ["Key", "Arn"]}},
            "LifecyclePolicy": lifecycle(7),
            "RepositoryPolicyText": readable_by("lambda"),
            "Tags": TAGS,
        },
        changed={
            "ImageTagMutability": "MUTABLE",
            "ImageScanningConfiguration": {"ScanOnPush": False},
            "LifecyclePolicy": lifecycle(14),
            "RepositoryPolicyText": None,
            "Tags": NEW_TAGS,
        },
        read=repository,
    ),
)
