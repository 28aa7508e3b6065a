"""The template of the factory's own pipeline: its order, who may do what, and what the gates say of it."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest

from factory.authoring.exemption import METADATA, Exemption
from factory.catalog.environments import EnvironmentClass
from factory.gates.lint import lint
from factory.synthesis.pipeline import pipeline_template
from tests.conftest import ROOT
from tests.sample_pipeline import FULL, LEAST, sample_artifact, sample_environments, sample_pipeline

# Rules for what teams launch: the factory's own stack is there once an account, and belongs to no project.
OF_LAUNCHES = {"E9001": "mandatory tags", "E9803": "names that begin with project and environment"}


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample_pipeline())["Resources"]
    return found


def stages(resources: dict[str, Any], title: str = "Pipeline") -> dict[str, Any]:
    return {stage["Name"]: stage for stage in resources[title]["Properties"]["Stages"]}


def actions(stage: dict[str, Any]) -> list[tuple[int, str]]:
    return [(action["RunOrder"], action["Name"]) for action in stage["Actions"]]


def statements(resources: dict[str, Any], role: str) -> dict[str, Any]:
    (policy,) = resources[role]["Properties"]["Policies"]
    return {item["Sid"]: item for item in policy["PolicyDocument"]["Statement"]}


# --- order ------------------------------------------------------------------------------------------------------------


def test_environments_follow_in_order_and_some_wait_for_approval(resources: dict[str, Any]) -> None:
    found = stages(resources)
    assert list(found) == [
        *("Source", "Validate", "dev", "test", "qa"),
        *("changes-staging", "staging", "changes-prod", "prod", "changes-dr", "dr"),
    ]
    assert actions(found["dev"]) == [(1, "Plan"), (3, "Publish")]
    assert actions(found["prod"]) == [(1, "Plan"), (2, "Approve"), (3, "Publish")]


def test_what_is_published_is_what_was_planned_in_the_same_stage(resources: dict[str, Any]) -> None:
    produced: set[str] = set()
    for name, stage in stages(resources).items():
        for action in stage["Actions"]:
            inputs = [item["Name"] for item in action.get("InputArtifacts", [])]
            assert set(inputs) <= produced
            if action["Name"] == "Publish":
                variables = json.loads(action["Configuration"]["EnvironmentVariables"])
                assert variables == [{"name": "PLAN", "value": inputs[1], "type": "PLAINTEXT"}]
                assert action["Configuration"]["PrimarySource"] == inputs[0] == "Source"
                assert stage["Actions"][0]["OutputArtifacts"] == [{"Name": inputs[1]}]
            made = {item["Name"] for item in action.get("OutputArtifacts", [])}
            assert not made & produced, name
            produced |= made


def test_an_environment_with_a_hyphen_has_an_artifact_that_shells_can_name() -> None:
    (environment,) = sample_environments([EnvironmentClass.QA])
    object.__setattr__(environment, "name", "qa-eu-2")
    template = json.loads(pipeline_template(LEAST, [environment]))
    plan = stages(template["Resources"])["qa-eu-2"]["Actions"][0]
    assert plan["OutputArtifacts"] == [{"Name": "Plan_qa_eu_2"}]
    assert json.loads(plan["Configuration"]["EnvironmentVariables"])[0]["value"] == "qa-eu-2"


def test_nobody_is_asked_to_approve_nothing(resources: dict[str, Any]) -> None:
    found = stages(resources)
    for name in ("staging", "prod", "dr"):
        (look,) = found[f"changes-{name}"]["Actions"]
        (condition,) = found[name]["BeforeEntry"]["Conditions"]
        (rule,) = condition["Rules"]
        assert condition["Result"] == "SKIP"
        assert rule["Configuration"] == {
            "Variable": f"#{{{look['Namespace']}.PLAN_CHANGES}}",
            "Value": "yes",
            "Operator": "EQ",
        }
        variables = {item["name"]: item["value"] for item in json.loads(look["Configuration"]["EnvironmentVariables"])}
        assert variables == {"ENVIRONMENT": name, "STAGE": name}
    assert not any("BeforeEntry" in found[name] for name in ("dev", "test", "qa"))


def test_whoever_approves_sees_the_plan(resources: dict[str, Any]) -> None:
    plan, approval, _ = stages(resources)["prod"]["Actions"]
    exported = re.findall(r"- (PLAN_\w+)", (ROOT / "buildspecs/plan.yml").read_text())
    used = re.findall(r"#\{([\w-]+)\.(\w+)\}", json.dumps(approval["Configuration"]))
    assert {namespace for namespace, _ in used} == {plan["Namespace"]}
    assert {variable for _, variable in used} == {"PLAN_SUMMARY", "PLAN_BUILD"} <= set(exported)
    assert approval["Configuration"]["NotificationArn"] == {"Ref": "Notices"}


def test_what_failed_is_for_a_person_to_try_again(resources: dict[str, Any]) -> None:
    assert not any("OnFailure" in stage for stage in stages(resources).values())
    assert resources["Failed"]["Properties"]["EventPattern"]["detail"] == {"pipeline": ["factory"], "state": ["FAILED"]}
    assert resources["Failed"]["Properties"]["Targets"][0]["Arn"] == {"Ref": "Notices"}


def test_it_starts_with_pushes_to_the_branch(resources: dict[str, Any]) -> None:
    (trigger,) = resources["Pipeline"]["Properties"]["Triggers"]
    (push,) = trigger["GitConfiguration"]["Push"]
    assert push == {
        "Branches": {"Includes": ["release"]},
        "FilePaths": {"Includes": ["products/**", "portfolios/**"]},
    }
    (source,) = stages(resources)["Source"]["Actions"]
    assert trigger["GitConfiguration"]["SourceActionName"] == source["Name"]
    # Else every push to the branch would start it, whatever the filters say.
    assert source["Configuration"]["DetectChanges"] == "false"


def test_pull_requests_are_checked_where_the_manifests_ask_for_it(resources: dict[str, Any]) -> None:
    found = stages(resources, "Check")
    assert [action["Configuration"].get("ProjectName") for action in found["Check"]["Actions"]] == [
        {"Ref": "CheckValidate"},
        {"Ref": "CheckPlan"},
    ]
    (trigger,) = resources["Check"]["Properties"]["Triggers"]
    (request,) = trigger["GitConfiguration"]["PullRequest"]
    assert (request["Events"], request["Branches"]) == (["OPEN", "UPDATED"], {"Includes": ["release"]})
    without = json.loads(sample_pipeline(LEAST))["Resources"]
    assert not [title for title in without if title.startswith(("Check", "Subscription"))]


def test_buildspecs_are_there(resources: dict[str, Any]) -> None:
    projects = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::CodeBuild::Project"]
    assert len(projects) == 5
    for project in projects:
        assert (ROOT / project["Source"]["BuildSpec"]).is_file()


# --- permissions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "becomes", "reads", "writes"),
    [
        ("ValidateRole", None, ["factory/Source*"], ["factory/Reports*"]),
        ("PlanRole", "factory-reader", ["factory/Source*"], ["factory/Plan*"]),
        ("PublishRole", "factory-publisher", ["factory/Source*", "factory/Plan*"], ["factory/Published*"]),
        ("CheckRole", "factory-reader", ["factory-check/Source*"], ["factory-check/Reports*", "factory-check/Plan*"]),
    ],
)
def test_a_build_reaches_what_it_needs(
    role: str, becomes: str | None, reads: list[str], writes: list[str], resources: dict[str, Any]
) -> None:
    """Above all: no build can change the source, and only the plan's project writes plans."""
    found = statements(resources, role)
    become = found.pop("Become", None)
    assert (become["Resource"][0]["Fn::Sub"].rpartition("/")[2] if become else None) == becomes
    for sid, expected in (("ReadArtifacts", reads), ("WriteArtifacts", writes)):
        keys = [item["Fn::Sub"].removeprefix("${Artifacts.Arn}/") for item in found[sid]["Resource"]]
        assert keys == expected


def test_caches_are_not_shared(resources: dict[str, Any]) -> None:
    """Otherwise a pull request could leave something for the publisher to install."""
    places = [
        item["Properties"]["Cache"]["Location"]["Fn::Sub"]
        for item in resources.values()
        if item["Type"] == "AWS::CodeBuild::Project"
    ]
    assert len(set(places)) == len(places) == 5
    written = statements(resources, "CheckRole")["KeepDownloads"]["Resource"]
    assert all("/cache/factory-check-" in item["Fn::Sub"] for item in written)
    # What begins alike is looked for, and nothing else.
    seen = statements(resources, "CheckRole")["LookForDownloads"]["Condition"]["StringLike"]["s3:prefix"]
    assert seen == ["cache/factory-check-validate/*", "cache/factory-check-plan/*"]


def test_roles_are_for_their_projects_alone(resources: dict[str, Any]) -> None:
    for title, item in resources.items():
        if item["Type"] == "AWS::IAM::Role":
            (trust,) = item["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            if title == "PipelineRole":
                # CodePipeline is not known to name the pipeline, nor its account.
                assert "Condition" not in trust
            else:
                assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}, title
                sources = trust["Condition"]["ArnLike"]["aws:SourceArn"]
                arns = [source["Fn::Sub"] for source in (sources if isinstance(sources, list) else [sources])]
                assert not any("*" in arn for arn in arns), title
            assert item["Properties"]["PermissionsBoundary"]["Fn::If"][0] == "RolesAreBounded", title


def test_no_action_is_a_wildcard(resources: dict[str, Any]) -> None:
    roles = [item for item in resources.values() if item["Type"] == "AWS::IAM::Role"]
    assert len(roles) == 5
    for item in roles:
        for policy in item["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                assert not any("*" in action for action in statement["Action"]), statement["Sid"]
                assert "*" not in statement["Resource"], statement["Sid"]


def test_a_connection_is_used_by_either_of_its_names(resources: dict[str, Any]) -> None:
    used = statements(resources, "PipelineRole")["UseConnection"]["Action"]
    assert used == ["codeconnections:UseConnection", "codestar-connections:UseConnection"]


# --- gates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pipeline", [LEAST, FULL], ids=["least", "full"])
def test_the_gates_have_nothing_against_it(pipeline: Any) -> None:
    artifact = sample_artifact(pipeline)
    found = {
        (item.rule, item.resource, item.message)
        for item in lint(artifact, ["us-east-1"])
        if item.rule not in OF_LAUNCHES
    }
    excused = {
        (Exemption.from_json(exception).rule, title)
        for title, item in artifact.template["Resources"].items()
        for exception in item.get("Metadata", {}).get(METADATA, {}).get("exceptions", [])
        if Exemption.from_json(exception).review > date(2026, 1, 1)
    }
    assert {(rule, resource) for rule, resource, _ in found} == excused


def test_it_is_the_same_on_every_run() -> None:
    assert sample_pipeline() == sample_pipeline()
