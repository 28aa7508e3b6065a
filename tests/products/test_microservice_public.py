"""What a team that launches a public microservice relies on."""

from __future__ import annotations

import json
import re
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
    own, *optional = properties(template, "TaskDefinition")["ContainerDefinitions"]
    beside = [item["Fn::If"][1] for item in optional]
    assert [item["Name"] for item in beside] == ["collector", "log-router"]
    for each in (own, *beside):
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


def test_every_alarm_names_service_and_runbook(template: dict[str, Any]) -> None:
    alarms = {
        title: body["Properties"]
        for title, body in template["Resources"].items()
        if body["Type"] == "AWS::CloudWatch::Alarm"
    }
    logged = {"ErrorsLogged", "LogLinesLost"}
    assert set(alarms) == {"CpuHigh", "MemoryHigh", "TooFewTasks", "ServerErrors", "UnhealthyTasks", *logged}
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


def when_requests_shift(value: Any) -> Any:
    condition, then, _ = value["Fn::If"]
    assert condition == "RequestsShift"
    return then


def test_a_rolling_service_serves_from_the_group_that_has_its_tasks(template: dict[str, Any]) -> None:
    """Which is the first one, unless a strategy that was chosen before left them in the second."""
    (action,) = properties(template, "ListenerRule")["Actions"]
    (balancer,) = properties(template, "Service")["LoadBalancers"]
    serving = {"Fn::GetAtt": ["ListenerPriority", "Serving"]}
    assert action["Fn::If"][2] == {"Type": "forward", "TargetGroupArn": serving}
    assert balancer["TargetGroupArn"]["Fn::If"][2] == serving
    launched = Launched(MicroservicePublic)
    assert "AdvancedConfiguration" not in launched["Service"]["LoadBalancers"][0]
    assert not [title for title in ("TestRule", "TestPriority", "TrafficRole", "HookRole") if title in launched]


def test_requests_shift_between_two_groups(template: dict[str, Any]) -> None:
    (balancer,) = properties(template, "Service")["LoadBalancers"]
    assert when_requests_shift(balancer["TargetGroupArn"]) == {"Ref": "TargetGroup"}
    assert when_requests_shift(balancer["AdvancedConfiguration"]) == {
        "AlternateTargetGroupArn": {"Ref": "SecondTargetGroup"},
        "ProductionListenerRule": {"Ref": "ListenerRule"},
        "TestListenerRule": {"Ref": "TestRule"},
        "RoleArn": {"Fn::GetAtt": ["TrafficRole", "Arn"]},
    }
    (production,), (test,) = (properties(template, rule)["Actions"] for rule in ("ListenerRule", "TestRule"))
    for place, action in (("ListenerPriority", when_requests_shift(production)), ("TestPriority", test)):
        # The weights are those that the rule has, as its place on the listener tells.
        assert action["ForwardConfig"]["TargetGroups"] == [
            {"TargetGroupArn": {"Ref": group}, "Weight": {"Fn::GetAtt": [place, weight]}}
            for group, weight in (("TargetGroup", "FirstWeight"), ("SecondTargetGroup", "SecondWeight"))
        ]


def test_what_shifts_requests_is_made_where_they_shift() -> None:
    launched = Launched(MicroservicePublic, Strategy="blue-green")
    assert [title for title in ("TestRule", "TestPriority", "TrafficRole", "HookRole") if title in launched] == [
        "TestRule",
        "TestPriority",
        "TrafficRole",
    ]


def test_whatever_changes_a_rule_asks_for_its_weights_anew(template: dict[str, Any]) -> None:
    """CloudFormation writes a rule's actions with whatever else of it changes, its tags included."""
    for rule, place in (("ListenerRule", "ListenerPriority"), ("TestRule", "TestPriority")):
        known = json.dumps(properties(template, place))
        body = {key: value for key, value in properties(template, rule).items() if key != "Actions"}
        for name in set(re.findall(r'"Ref": "(\w+)"', json.dumps(body))):
            assert f'"Ref": "{name}"' in known, (rule, name)
        assert '"ProductVersion"' in known


def test_ecs_moves_this_services_requests_and_no_others(template: dict[str, Any]) -> None:
    (policy,) = properties(template, "TrafficRole")["Policies"]
    statements = {item["Sid"]: item for item in policy["PolicyDocument"]["Statement"]}
    assert all(action.startswith("elasticloadbalancing:Describe") for action in statements["SeeTraffic"]["Action"])
    assert statements["MoveRequests"]["Action"] == ["elasticloadbalancing:ModifyRule"]
    assert statements["MoveRequests"]["Resource"] == [{"Ref": "ListenerRule"}, {"Ref": "TestRule"}]
    assert statements["MoveTasks"]["Resource"] == [{"Ref": "TargetGroup"}, {"Ref": "SecondTargetGroup"}]


def test_clients_of_grpc_do_not_stick(template: dict[str, Any]) -> None:
    assert refused(template, Protocol="grpc", StickySeconds=60) == {"ClientsThatStickKeepCookies"}
    assert refused(template, Protocol="http2", StickySeconds=60) == set()
    attributes = {
        item["Key"]: item["Value"]
        for item in Launched(MicroservicePublic, StickySeconds="60")["TargetGroup"]["TargetGroupAttributes"]
    }
    assert attributes["stickiness.enabled"] == "true"
    assert attributes["stickiness.lb_cookie.duration_seconds"] == "60"


@pytest.mark.parametrize(
    ("given", "version", "matcher"),
    [
        ({}, "HTTP1", {"HttpCode": "200-299"}),
        ({"Protocol": "http2"}, "HTTP2", {"HttpCode": "200-299"}),
        ({"Protocol": "grpc"}, "GRPC", {"GrpcCode": "0"}),
        ({"HealthCheck": "/health 200,301 30 120"}, "HTTP1", {"HttpCode": "200,301"}),
        ({"Protocol": "grpc", "HealthCheck": "/grpc.health.v1.Health/Check 0-5 30 120"}, "GRPC", {"GrpcCode": "0-5"}),
    ],
)
def test_the_balancer_speaks_to_tasks_as_they_do(given: dict[str, str], version: str, matcher: dict[str, str]) -> None:
    launched = Launched(MicroservicePublic, **given)
    for title in ("TargetGroup", "SecondTargetGroup"):
        assert (launched[title]["ProtocolVersion"], launched[title]["Matcher"]) == (version, matcher)
    asked = given.get("HealthCheck", "/health 200 15 60").split()
    assert launched["TargetGroup"]["HealthCheckPath"] == asked[0]
    assert launched["TargetGroup"]["HealthCheckIntervalSeconds"] == asked[2]
    assert launched["Service"]["HealthCheckGracePeriodSeconds"] == asked[3]
