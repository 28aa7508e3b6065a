"""What a team that launches a public microservice relies on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.authoring import ENVIRONMENTS
from factory.synthesis.artifact import synthesize
from products.microservice_public import MicroservicePublic
from products.parts import placeholder
from products.parts.task_sizes import CPU
from tests.products.launching import refused


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


@pytest.mark.parametrize("cpu", CPU)
def test_exactly_the_sizes_that_fargate_has_are_let_through(template: dict[str, Any], cpu: int) -> None:
    every = [int(option) for option in template["Parameters"]["Memory"]["AllowedValues"] if option != "auto"]
    let_through = {memory for memory in every if not refused(template, Cpu=cpu, Memory=memory)}
    assert let_through == set(CPU[cpu])


@pytest.mark.parametrize(
    ("environment", "parameters"),
    [
        ("dev", {"Memory": 8192}),
        ("prod", {"Cpu": 4096}),
        ("dev", {"MinTasks": 3}),
        ("dev", {"MinTasks": 10, "MaxTasks": 9}),
        ("prod", {"MaxTasks": 2}),
        ("prod", {"NightOff": "true"}),
        ("dr", {"SpotPercent": 50}),
    ],
)
def test_what_can_not_be_is_refused_at_once(
    template: dict[str, Any], environment: str, parameters: dict[str, Any]
) -> None:
    assert refused(template, Environment=environment, **parameters)


def test_the_specified_sizes_come_with_the_environment(template: dict[str, Any]) -> None:
    sizing = template["Mappings"]["Sizing"]
    found = {
        name: tuple(sizing[name][key] for key in ("MinTasks", "Cpu", "Memory")) for name in ("dev", "staging", "prod")
    }
    assert found == {"dev": ("1", "256", "512"), "staging": ("2", "512", "1024"), "prod": ("3", "1024", "2048")}
    assert sizing["prod"]["MaxTasks"] == "10"
    assert "50" in template["Parameters"]["MaxTasks"]["AllowedValues"]


def test_an_update_leaves_the_count_to_autoscaling(template: dict[str, Any]) -> None:
    assert "DesiredCount" not in properties(template, "Service")
    assert properties(template, "TaskCount")["MinCapacity"]["Fn::If"][2] == {"Ref": "MinTasks"}


def test_tasks_are_reached_from_the_balancer_alone(template: dict[str, Any]) -> None:
    (way_in,) = properties(template, "TaskSecurityGroup")["SecurityGroupIngress"]
    assert way_in["SourceSecurityGroupId"] == {"Ref": "BalancerGroup"}
    assert way_in["FromPort"] == way_in["ToPort"] == container(template)["PortMappings"][0]["ContainerPort"]


def test_tasks_reach_the_internet_by_https_only(template: dict[str, Any]) -> None:
    ways_out = properties(template, "TaskSecurityGroup")["SecurityGroupEgress"]
    assert [rule["FromPort"] for rule in ways_out if rule.get("CidrIp") == "0.0.0.0/0"] == [443]
    inside = {rule["FromPort"] for rule in ways_out if rule.get("CidrIp") == {"Ref": "VpcCidr"}}
    assert inside == {9094, 9096, 9098, 5432, 6379}


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


def test_secrets_are_read_one_by_one_and_only_if_given(template: dict[str, Any]) -> None:
    policies = properties(template, "TaskStartRole")["Policies"]
    readers = [policy for policy in policies if "secretsmanager:GetSecretValue" in json.dumps(policy)]
    assert [policy["Fn::If"][0] for policy in readers] == [f"HasSecret{number}" for number in range(1, 6)]
    for number, policy in enumerate(readers, start=1):
        (resource,) = policy["Fn::If"][1]["PolicyDocument"]["Statement"][0]["Resource"]
        assert f'{{"Ref": "Secret{number}"}}' in json.dumps(resource)


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
