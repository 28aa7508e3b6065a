"""What a team relies on whose service a pipeline delivers."""

from __future__ import annotations

import re

import pytest

from factory.synthesis.artifact import synthesize
from products.delivery_pipeline import DeliveryPipeline
from products.image_repository import ImageRepository
from tests.conftest import ROOT
from tests.products.launching import ACCOUNT, Launched, allowed, refused
from tests.products.pipeline_runs import Action, FailedError, run

ACCOUNTS = {
    "TestAccount": "333333333333",
    "QaAccount": "444444444444",
    "StagingAccount": "555555555555",
    "ProdAccount": "666666666666",
}
SOURCE = {"ConnectionArn": "arn:aws:codeconnections:us-east-1:222222222222:connection/1", "Repository": "shop/orders"}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def launched(**given: str) -> Launched:
    return Launched(DeliveryPipeline, **{**SOURCE, "ServiceName": "orders", **given})


def delivered(branch: str, fails: str = "", **given: str) -> tuple[list[str], list[Action]]:
    """The stages that a run for a branch enters, and its actions; an action named in `fails` fails."""
    actions: list[Action] = []

    def act(action: Action) -> dict[str, str]:
        actions.append(action)
        if f"{action.stage}/{action.name}" == fails:
            raise FailedError(fails)
        asked = {"ADDRESS": "https://orders.example.com", "SERVICE_PATH": "/orders"}
        return {"IMAGE": "image:tag", "CHANGE": "old becomes new", **asked}

    return run(launched(**given)["Pipeline"], branch, COMMIT, act), actions


@pytest.mark.parametrize(
    ("branch", "stages"),
    [
        ("feature/search", ["Own"]),
        ("main", ["Own"]),
        ("release/1.2.0", ["Test", "Qa", "Staging"]),
        ("release/next", []),
        ("release/1.2.0/fix", []),
        ("prod/1.2.0", ["Approval", "Prod"]),
        ("prod/1.2.0/again", ["Approval", "Prod"]),
    ],
)
def test_a_branch_decides_where_it_goes(branch: str, stages: list[str]) -> None:
    assert delivered(branch, **ACCOUNTS)[0] == ["Verify", "Build", *stages]


def globbed(pattern: str, branch: str) -> bool:
    """Whether a trigger's pattern is for a branch (CodePipeline User Guide, "Working with glob patterns in syntax")."""
    parts = re.split(r"(\*\*?)", pattern)
    meaning = {"*": "[^/]*", "**": ".*"}
    return re.fullmatch("".join(meaning.get(part, re.escape(part)) for part in parts), branch) is not None


@pytest.mark.parametrize(
    ("branch", "starts"),
    [
        ("release/1.2.0", True),
        ("prod/1.2.0", True),
        ("prod/1.2.0/again", True),
        ("release/next", False),
        ("release/1.2.0/fix", False),
        ("feature/search", False),
        ("main", False),
    ],
)
def test_releases_start_by_themselves_and_features_by_hand(branch: str, starts: bool) -> None:
    (trigger,) = launched(**ACCOUNTS)["Pipeline"]["Triggers"]
    (push,) = trigger["GitConfiguration"]["Push"]
    assert any(globbed(pattern, branch) for pattern in push["Branches"]["Includes"]) is starts
    source = launched()["Pipeline"]["Stages"][0]["Actions"][0]
    assert source["Configuration"]["DetectChanges"] == "false"


@pytest.mark.parametrize(
    ("given", "stages", "branches"),
    [
        ({}, [], None),
        ({"QaAccount": "444444444444"}, ["Qa"], ["release/*.*.*"]),
        ({"ProdAccount": "666666666666"}, ["Approval", "Prod"], ["prod/**"]),
        (ACCOUNTS, ["Test", "Qa", "Staging", "Approval", "Prod"], ["release/*.*.*", "prod/**"]),
    ],
)
def test_the_accounts_decide_which_stages_there_are(
    given: dict[str, str], stages: list[str], branches: list[str] | None
) -> None:
    pipeline = launched(**given)["Pipeline"]
    assert [stage["Name"] for stage in pipeline["Stages"]] == ["Source", "Verify", "Build", "Own", *stages]
    triggers = pipeline.get("Triggers", [])
    found = [trigger["GitConfiguration"]["Push"][0]["Branches"]["Includes"] for trigger in triggers]
    assert found == ([branches] if branches else [])


@pytest.mark.parametrize("fails", ["Verify/UnitTests", "Verify/SecurityScan", "Build/Image"])
def test_nothing_is_deployed_after_a_check_has_failed(fails: str) -> None:
    with pytest.raises(FailedError):
        delivered("release/1.2.0", fails, **ACCOUNTS)
    entered = []
    with pytest.raises(FailedError):
        run(launched(**ACCOUNTS)["Pipeline"], "release/1.2.0", COMMIT, lambda item: _note(entered, item, fails))
    assert {item.stage for item in entered} <= {"Verify", "Build"}


def _note(entered: list[Action], action: Action, fails: str) -> dict[str, str]:
    entered.append(action)
    if f"{action.stage}/{action.name}" == fails:
        raise FailedError(fails)
    return {"IMAGE": "image:tag"}


def test_prod_waits_for_an_approval_that_says_what_changes() -> None:
    _, actions = delivered("prod/1.2.0", **ACCOUNTS)
    order = [f"{action.stage}/{action.name}" for action in actions if action.stage in ("Approval", "Prod")]
    assert order == ["Approval/Compare", "Approval/Approve", "Prod/Deploy", "Prod/SmokeTest"]
    compare, approve = (action for action in actions if action.stage == "Approval")
    assert (compare.variables["DO"], compare.variables["IMAGE"]) == ("compare", "image:tag")
    assert approve.configuration == {
        "CustomData": f"old becomes new (commit {COMMIT} of prod/1.2.0)",
        "ExternalEntityLink": f"https://github.com/shop/orders/commit/{COMMIT}",
    }
    _, actions = delivered("prod/1.2.0", **ACCOUNTS, Provider="Bitbucket")
    links = [action.configuration.get("ExternalEntityLink") for action in actions]
    assert f"https://bitbucket.org/shop/orders/commits/{COMMIT}" in links


def test_each_deployment_is_tried_out_and_rolled_back_where_that_fails() -> None:
    stages = {stage["Name"]: stage for stage in launched(**ACCOUNTS)["Pipeline"]["Stages"]}
    for name in ("Own", "Test", "Qa", "Staging", "Prod"):
        assert stages[name]["OnFailure"] == {"Result": "ROLLBACK"}
        assert [action["Name"] for action in stages[name]["Actions"]] == ["Deploy", "SmokeTest"]
    # Rolling back the stage after it asks nobody again.
    assert "OnFailure" not in stages["Approval"]
    _, actions = delivered("release/1.2.0", **ACCOUNTS)
    (asked,) = {tuple(item.variables.items()) for item in actions if item.name == "SmokeTest"}
    assert dict(asked) == {"ADDRESS": "https://orders.example.com", "SERVICE_PATH": "/orders"}


@pytest.mark.parametrize(
    ("title", "environment", "account"),
    [("DeployOwn", "dev", ACCOUNT), ("DeployTest", "test", "333333333333"), ("DeployProd", "prod", "666666666666")],
)
def test_each_stage_has_a_role_that_reaches_its_environment_alone(title: str, environment: str, account: str) -> None:
    made = launched(**ACCOUNTS)
    role = made[f"{title}Role"]
    assert role["RoleName"] == f"factory-pipeline-dev-orders-{environment}"
    assert {"Key": "Service", "Value": "orders"} in role["Tags"]
    (policy,) = role["Policies"]
    there = allowed(policy["PolicyDocument"])["DeployThere"]
    assert there["Action"] == ["sts:AssumeRole"]
    assert there["Resource"] == [f"arn:aws:iam::{account}:role/factory-deploy-{environment}-main"]
    variables = {item["Name"]: item["Value"] for item in made[title]["Environment"]["EnvironmentVariables"]}
    assert variables["DEPLOY_ROLE_ARN"] == there["Resource"][0]
    assert variables["DEPLOYER"] == f"factory-deployer-{environment}-main"
    assert variables["ENVIRONMENT"] == environment


def test_every_step_has_a_role_of_its_own() -> None:
    projects = launched(**ACCOUNTS).of_type("AWS::CodeBuild::Project")
    template = synthesize(DeliveryPipeline).template["Resources"]
    roles = {str(template[title]["Properties"]["ServiceRole"]) for title in projects}
    assert len(roles) == len(projects) == 9


@pytest.mark.parametrize("title", ["Image", "SecurityScan", "DeployOwn", "SmokeTest", "UnitTests"])
def test_the_template_carries_the_buildspecs(title: str) -> None:
    files = {"Image": "image-build", "DeployOwn": "deploy", "SmokeTest": "smoke-test", "UnitTests": "test"}
    text = (ROOT / f"buildspecs/{files.get(title, 'security-scan')}.yml").read_text()
    assert launched()[title]["Source"]["BuildSpec"] == text


def test_a_service_may_say_how_it_is_tested_and_not_how_it_is_scanned() -> None:
    own = launched(TestBuildspec="ci/test.yml")
    assert own["UnitTests"]["Source"]["BuildSpec"] == "ci/test.yml"
    assert own["SecurityScan"]["Source"] == launched()["SecurityScan"]["Source"]


def test_codepipeline_is_asked_for_nothing_that_it_is_not_known_to_tell() -> None:
    (trust,) = launched()["PipelineRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "codepipeline.amazonaws.com"}
    assert "Condition" not in trust


def test_what_the_registrys_scan_found_may_be_read_of_either_kind() -> None:
    (policy,) = launched()["ImageRole"]["Policies"]
    found = allowed(policy["PolicyDocument"])
    assert {"ecr:DescribeImageScanFindings", "ecr:StartImageScan"} <= set(found["PushImages"]["Action"])
    assert found["ReadFindings"]["Action"] == ["inspector2:ListCoverage", "inspector2:ListFindings"]


def test_only_the_build_of_images_is_privileged() -> None:
    projects = launched(**ACCOUNTS).of_type("AWS::CodeBuild::Project")
    assert {title for title, made in projects.items() if made["Environment"].get("PrivilegedMode")} == {"Image"}


def test_an_image_for_arm_is_built_on_arm() -> None:
    made = launched(Architecture="ARM64")
    assert made["Image"]["Environment"]["Type"] == "ARM_CONTAINER"
    assert made["SecurityScan"]["Environment"]["Type"] == "LINUX_CONTAINER"


def test_what_releases_are_tagged_with_follows_the_accounts() -> None:
    def environments(**given: str) -> dict[str, str]:
        found = launched(**given)["Image"]["Environment"]["EnvironmentVariables"]
        return {item["Name"]: item["Value"] for item in found if item["Name"].endswith("_ENVIRONMENTS")}

    assert environments() == {"RELEASE_ENVIRONMENTS": ""}
    assert environments(TestAccount="333333333333", QaAccount="444444444444") == {"RELEASE_ENVIRONMENTS": "test qa"}


def test_the_environment_hears_of_runs_failures_and_approvals() -> None:
    made = launched(**ACCOUNTS)
    rules = made.of_type("AWS::Events::Rule")
    states = {title: rule["EventPattern"]["detail"]["state"] for title, rule in rules.items()}
    assert states == {
        "RunNotices": ["STARTED", "SUCCEEDED", "STOPPED", "SUPERSEDED"],
        "FailureNotices": ["FAILED"],
        "ApprovalNotices": ["STARTED"],
    }
    for rule in rules.values():
        (target,) = rule["Targets"]
        says = target["InputTransformer"]
        assert says["InputTemplate"].startswith('"Delivery of orders ')
        assert set(says["InputPathsMap"]) == {
            name for name in ("pipeline", "state", "run") if f"<{name}>" in says["InputTemplate"]
        }


def test_the_alarm_of_a_failed_deployment_names_service_and_environment() -> None:
    alarms = launched(**ACCOUNTS).of_type("AWS::CloudWatch::Alarm")
    assert len(alarms) == 5
    assert alarms["DeployQaFails"]["AlarmDescription"].startswith("orders: a deployment to qa failed.")
    resources = synthesize(DeliveryPipeline).template["Resources"]
    assert resources["DeployProdFails"]["Properties"]["AlarmActions"] == [{"Ref": "CriticalTopic"}]
    assert resources["DeployTestFails"]["Properties"]["AlarmActions"] == [{"Ref": "WarningTopic"}]


@pytest.mark.parametrize(("environment", "account"), [("prod", "ProdAccount"), ("staging", "StagingAccount")])
def test_the_pipelines_own_environment_is_no_other_account(environment: str, account: str) -> None:
    template = synthesize(DeliveryPipeline).template
    assert refused(template, Environment=environment, **{account: "333333333333"}, **SOURCE) == {
        f"{environment.capitalize()}IsElsewhere"
    }
    assert refused(template, Environment="dev", **ACCOUNTS, **SOURCE) == set()


def test_names_that_others_know_are_short_enough() -> None:
    made = launched(ServiceName="a" * 30, Environment="staging", TestAccount="333333333333")
    roles = made.of_type("AWS::IAM::Role").values()
    assert max(len(role.get("RoleName", "")) for role in roles) <= 64
    assert len(launched(ServiceName="a" * 30, Project="b" * 20, Instance="i" * 16)["Pipeline"]["Name"]) <= 100


def test_an_image_repository_admits_the_pipeline_of_its_name() -> None:
    policy = Launched(ImageRepository, RepositoryName="orders", PipelineRole="auto")["Repository"]
    pushes = allowed(policy["RepositoryPolicyText"])["PipelinePushes"]
    role = launched()["ImageRole"]["RoleName"]
    assert pushes["Condition"] == {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{role}"}}
