"""What a team that launches a public microservice relies on."""

from __future__ import annotations

from typing import Any

import pytest

from factory.authoring import ENVIRONMENTS
from factory.synthesis.artifact import synthesize
from products.microservice_public import MicroservicePublic
from products.parts import placeholder
from tests.products.launching import Launched, refused


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return synthesize(MicroservicePublic).template


def properties(template: dict[str, Any], title: str) -> dict[str, Any]:
    return template["Resources"][title]["Properties"]


def container(template: dict[str, Any]) -> dict[str, Any]:
    return properties(template, "TaskDefinition")["ContainerDefinitions"][0]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_defaults_are_possible_in_every_environment(template: dict[str, Any], environment: str) -> None:
    assert refused(template, Environment=environment) == set()


@pytest.mark.parametrize(
    ("environment", "parameters"),
    [
        ("prod", {"NightOff": "true"}),
        ("dr", {"SpotPercent": 50}),
    ],
)
def test_what_can_not_be_is_refused_at_once(
    template: dict[str, Any], environment: str, parameters: dict[str, Any]
) -> None:
    assert refused(template, Environment=environment, **parameters)


def test_the_form_asks_first_what_a_team_decides(template: dict[str, Any]) -> None:
    first, *_, wiring, ownership = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert first["Label"]["default"] == "Service"
    assert len(first["Parameters"]) <= 8
    assert (wiring["Label"]["default"], ownership["Label"]["default"]) == ("Wiring", "Environment and ownership")


def test_the_specified_sizes_come_with_the_environment(template: dict[str, Any]) -> None:
    sizing = template["Mappings"]["Sizing"]
    found = {name: (sizing[name]["Tasks"], sizing[name]["Size"]) for name in ("dev", "staging", "prod")}
    assert found == {"dev": ("1-2", "256/512"), "staging": ("2-4", "512/1024"), "prod": ("3-10", "1024/2048")}
    assert "3-50" in template["Parameters"]["Tasks"]["AllowedValues"]


def test_an_update_leaves_the_count_to_autoscaling(template: dict[str, Any]) -> None:
    assert "DesiredCount" not in properties(template, "Service")
    assert Launched(MicroservicePublic, Tasks="4-12")["TaskCount"]["MinCapacity"] == "4"


def test_tasks_are_reached_from_the_balancer_alone(template: dict[str, Any]) -> None:
    (way_in,) = properties(template, "TaskSecurityGroup")["SecurityGroupIngress"]
    assert way_in["SourceSecurityGroupId"] == {"Ref": "BalancerGroup"}
    assert way_in["FromPort"] == way_in["ToPort"] == container(template)["PortMappings"][0]["ContainerPort"]


def test_every_container_is_closed_in(template: dict[str, Any]) -> None:
    own, optional = properties(template, "TaskDefinition")["ContainerDefinitions"]
    for each in (own, optional["Fn::If"][1]):
        assert each["User"] == "1000"
        assert each["ReadonlyRootFilesystem"] is True
        assert each["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
        assert [mount["ContainerPath"] for mount in each["LinuxParameters"]["Tmpfs"]] == ["/tmp"]  # noqa: S108


def test_the_placeholder_runs_on_the_services_own_port(template: dict[str, Any]) -> None:
    condition, command, otherwise = container(template)["Command"]["Fn::If"]
    assert template["Conditions"][condition] == {"Fn::Equals": [{"Ref": "Image"}, placeholder.IMAGE]}
    assert "listen $PORT;" in command[-1]
    assert otherwise == {"Ref": "AWS::NoValue"}
    assert "PORT" in [variable.get("Name") for variable in container(template)["Environment"]]


def test_a_bad_version_is_taken_back(template: dict[str, Any]) -> None:
    deployment = properties(template, "Service")["DeploymentConfiguration"]
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert deployment["MinimumHealthyPercent"] == 100
    assert deployment["Alarms"] == {
        "AlarmNames": [{"Ref": "ServerErrors"}, {"Ref": "ErrorsLogged"}],
        "Enable": True,
        "Rollback": True,
    }


def test_every_alarm_names_service_and_runbook(template: dict[str, Any]) -> None:
    alarms = {
        title: body["Properties"]
        for title, body in template["Resources"].items()
        if body["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert set(alarms) == {"CpuHigh", "MemoryHigh", "TooFewTasks", "ErrorsLogged", "ServerErrors", "UnhealthyTasks"}
    for alarm in alarms.values():
        text, variables = alarm["AlarmDescription"]["Fn::Sub"]
        assert text.startswith("${ServiceName}: ")
        assert variables["Runbook"]["Fn::If"][:2] == ["HasRunbook", {"Ref": "RunbookUrl"}]


def test_two_services_share_no_physical_name(template: dict[str, Any]) -> None:
    """Nothing is named at all but what carries the service's own name."""
    named = {
        key: value
        for body in template["Resources"].values()
        for key, value in body["Properties"].items()
        if key.endswith("Name")
        and key not in {"LogGroupName", "MetricName", "PolicyName"}
        and body["Type"] != "AWS::SSM::Parameter"
    }
    assert named == {
        "DashboardName": {"Fn::Sub": "${Project}-${Environment}-public-${Instance}-${ServiceName}-${AWS::Region}"}
    }


def test_the_priority_is_taken_from_the_cluster(template: dict[str, Any]) -> None:
    assert properties(template, "ListenerRule")["Priority"] == {"Fn::GetAtt": ["ListenerPriority", "Priority"]}
    assert properties(template, "ListenerPriority")["ServiceToken"] == {"Ref": "PriorityFunction"}
    assert template["Resources"]["Service"]["DependsOn"] == ["ListenerRule"]
