"""What a team that keeps its images in a repository relies on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.synthesis.artifact import synthesize
from products.image_repository import ImageRepository
from tests.products.launching import ACCOUNT, Launched, allowed

OTHERS = ("333333333333", "444444444444")
PUSH = {"ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"}


def policy(**given: str) -> Any:
    return Launched(ImageRepository, **given)["Repository"]["RepositoryPolicyText"]


def test_a_tag_never_moves_and_every_push_is_scanned() -> None:
    repository = Launched(ImageRepository)["Repository"]
    assert repository["ImageTagMutability"] == "IMMUTABLE"
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert repository["EncryptionConfiguration"]["EncryptionType"] == "KMS"


@pytest.mark.parametrize("keep", [1, 10])
def test_images_go_after_their_time(keep: int) -> None:
    text = Launched(ImageRepository, KeepImages=str(keep))["Repository"]["LifecyclePolicy"]["LifecyclePolicyText"]
    untagged, others = (rule["selection"] for rule in json.loads(text)["rules"])
    assert (untagged["tagStatus"], untagged["countUnit"], untagged["countNumber"]) == ("untagged", "days", 7)
    assert (others["countType"], others["countNumber"]) == ("imageCountMoreThan", keep)


def test_by_default_only_this_account_gets_at_it() -> None:
    granted = allowed(policy())
    assert set(granted) == {"FunctionsOfThisAccountPull"}
    assert granted["FunctionsOfThisAccountPull"]["Condition"]["ArnLike"] == {
        "aws:SourceArn": f"arn:aws:lambda:*:{ACCOUNT}:function:*"
    }
    assert allowed(policy(), "Deny") == {}


def test_named_accounts_pull_and_do_nothing_else() -> None:
    granted = allowed(policy(PullAccounts=",".join(OTHERS)))
    pulling = granted["NamedAccountsPull"]
    assert pulling["Principal"] == {"AWS": list(OTHERS)}
    assert pulling["Condition"]["ArnLike"]["aws:PrincipalArn"] == [f"arn:*:iam::{other}:role/*" for other in OTHERS]
    functions = granted["TheirFunctionsPull"]["Condition"]["ArnLike"]["aws:SourceArn"]
    assert functions == [f"arn:*:lambda:*:{other}:function:*" for other in OTHERS]
    assert not PUSH & {action for statement in granted.values() for action in statement["Action"]}


@pytest.mark.parametrize(("account", "expected"), [("", ACCOUNT), (OTHERS[0], OTHERS[0])])
def test_the_pipeline_alone_pushes(account: str, expected: str) -> None:
    given = policy(PipelineRole="pipeline-*", PipelineAccount=account)
    arn = {"aws:PrincipalArn": f"arn:aws:iam::{expected}:role/pipeline-*"}
    granted = allowed(given)["PipelinePushes"]
    assert granted["Principal"] == {"AWS": expected}
    assert granted["Condition"] == {"ArnLike": arn}
    assert set(granted["Action"]) >= PUSH
    (refused,) = allowed(given, "Deny").values()
    assert (set(refused["Action"]), refused["Principal"], refused["Condition"]) == (PUSH, "*", {"ArnNotLike": arn})


def test_no_statement_names_a_resource() -> None:
    """ECR takes no policies that do (they are about the repository that has them)."""
    everything = policy(PullAccounts=OTHERS[0], PipelineRole="pipeline")
    assert len(everything["Statement"]) == 5
    assert all("Resource" not in statement for statement in everything["Statement"])


def test_serious_findings_of_either_scanner_reach_the_warning_topic() -> None:
    rule = Launched(ImageRepository)["ScanFindings"]
    assert rule["EventPattern"]["source"] == ["aws.ecr", "aws.inspector2"]
    counted = [item["finding-severity-counts"] for item in rule["EventPattern"]["detail"]["$or"]]
    assert counted == [{"CRITICAL": [{"numeric": [">", 0]}]}, {"HIGH": [{"numeric": [">", 0]}]}]
    template = synthesize(ImageRepository).template
    assert template["Resources"]["ScanFindings"]["Properties"]["Targets"][0]["Arn"] == {"Ref": "WarningTopic"}


def test_images_outlive_the_stack_under_a_name_of_their_own() -> None:
    repository = synthesize(ImageRepository).template["Resources"]["Repository"]
    assert repository["DeletionPolicy"] == "RetainExceptOnCreate"
    assert "RepositoryName" not in repository["Properties"]
