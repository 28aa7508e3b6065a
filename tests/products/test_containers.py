"""What a team relies on whichever container it launches: the parts that the products with containers share."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from factory.authoring import ENVIRONMENTS, Product
from factory.sandbox.types.ecs_deployments import check_deployment
from factory.sandbox.types.ecs_task import FARGATE_MEMORY
from products.microservice_internal import MicroserviceInternal
from products.microservice_public import MicroservicePublic
from products.parts import placeholder
from products.parts.secrets import SECRETS
from products.parts.task_sizes import COUNTS, SIZES
from products.scheduled_job import ScheduledJob
from products.worker import Worker
from tests.products.launching import ACCOUNT, Launched, refused, template_of

PRODUCTS = (MicroservicePublic, MicroserviceInternal, Worker, ScheduledJob)
SERVERS = (MicroservicePublic, MicroserviceInternal)
OWN_IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/team/orders:1.4.0"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:orders-AbCdEf"
HOOK = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:smoke-test"
MSK = f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/events/11111111-2222-3333-4444-555555555555-1"

each_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
each_server = pytest.mark.parametrize("product", SERVERS, ids=lambda product: product.name)


def app(launched: Launched) -> dict[str, Any]:
    found: dict[str, Any] = launched["TaskDefinition"]["ContainerDefinitions"][0]
    return found


def policies(launched: Launched, role: str) -> dict[str, Any]:
    return {
        item["PolicyName"]: item["PolicyDocument"]["Statement"] for item in launched[role].get("Policies", ()) if item
    }


def ways_out(launched: Launched) -> set[tuple[str, int]]:
    further = launched.of_type("AWS::EC2::SecurityGroupEgress").values()
    rules = [*launched["TaskSecurityGroup"]["SecurityGroupEgress"], *further]
    return {
        (rule.get("CidrIp") or rule["DestinationSecurityGroupId"], rule["FromPort"])
        for rule in rules
        if rule["FromPort"] == rule["ToPort"]
    }


def admits(product: type[Product], parameter: str, value: str) -> bool:
    declared = template_of(product)["Parameters"][parameter]
    return re.fullmatch(declared["AllowedPattern"], value) is not None


@each_product
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_defaults_are_possible_in_every_environment(product: type[Product], environment: str) -> None:
    assert refused(template_of(product), Environment=environment) == set()


def test_sizes_are_those_that_fargate_has() -> None:
    assert set(SIZES) == {f"{cpu}/{memory}" for cpu, fitting in FARGATE_MEMORY.items() for memory in fitting}


def test_no_fewest_tasks_are_more_than_the_most() -> None:
    pairs = [tuple(map(int, count.split("-"))) for count in COUNTS]
    assert all(fewest <= most for fewest, most in pairs)
    assert {fewest for fewest, _ in pairs} == {most for _, most in pairs}
    # CloudFormation's quota of values that a parameter may allow.
    assert len(COUNTS) < 200


@each_product
def test_a_size_is_taken_apart(product: type[Product]) -> None:
    task = Launched(product, Size="2048/5120")["TaskDefinition"]
    assert (task["Cpu"], task["Memory"]) == ("2048", "5120")
    auto = Launched(product, Environment="prod")["TaskDefinition"]
    assert (auto["Cpu"], auto["Memory"]) == ("1024", "2048")


@each_product
def test_variables_are_told_one_by_one(product: type[Product]) -> None:
    given = app(Launched(product, Variables="BROKERS=a:9094,b:9094;LEVEL=debug;EMPTY="))["Environment"]
    assert given[-3:] == [
        {"Name": "BROKERS", "Value": "a:9094,b:9094"},
        {"Name": "LEVEL", "Value": "debug"},
        {"Name": "EMPTY", "Value": ""},
    ]


@each_product
@pytest.mark.parametrize("wrong", ["A=1;", "A=1;DB_PASSWORD=x", "api_key=x", "A=1=2", "A", ";".join(["A=1"] * 21)])
def test_variables_that_are_none_are_refused(product: type[Product], wrong: str) -> None:
    assert not admits(product, "Variables", wrong)


@each_product
def test_exactly_the_secrets_that_are_named_are_read(product: type[Product]) -> None:
    other = SECRET.replace("orders", "billing")
    launched = Launched(product, Secrets=f"DB={SECRET}:password::;TOKEN={other}")
    assert app(launched)["Secrets"] == [
        {"Name": "DB", "ValueFrom": f"{SECRET}:password::"},
        {"Name": "TOKEN", "ValueFrom": other},
    ]
    read, decrypt = policies(launched, "TaskStartRole")["ReadSecrets"]
    assert (read["Action"], read["Resource"]) == (["secretsmanager:GetSecretValue"], [SECRET, other])
    assert decrypt["Condition"]["StringEquals"] == {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}
    assert "ReadSecrets" not in policies(launched, "TaskRole")
    assert "ReadSecrets" not in policies(Launched(product), "TaskStartRole")
    assert admits(product, "Secrets", ";".join([f"A={SECRET}"] * SECRETS))
    assert not admits(product, "Secrets", ";".join([f"A={SECRET}"] * (SECRETS + 1)))


@each_product
@pytest.mark.parametrize(
    ("policy", "admitted"),
    [
        (f"arn:aws:iam::{ACCOUNT}:policy/orders", True),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", True),
        ("arn:aws:iam::aws:policy/AdministratorAccess", False),
        ("arn:aws:iam::aws:policy/AmazonS3FullAccess", False),
    ],
)
def test_no_policy_makes_an_administrator(product: type[Product], policy: str, admitted: bool) -> None:
    assert admits(product, "PolicyArn", policy) is admitted


@each_product
def test_what_a_task_reaches(product: type[Product]) -> None:
    always = {("0.0.0.0/0", 443), ("VpcCidr", 5432), ("VpcCidr", 6379)}
    given = {"VpcCidr": "VpcCidr"}
    assert ways_out(Launched(product, Kafka="none", **given)) == always
    for answer, peer in (("vpc", "VpcCidr"), ("sg-0123456789abcdef0", "sg-0123456789abcdef0"), (MSK, "VpcCidr")):
        brokers = {(peer, port) for port in (9094, 9096, 9098)}
        assert ways_out(Launched(product, Kafka=answer, **given)) == always | brokers


@each_product
@pytest.mark.parametrize("wrong", ["0.0.0.0/0", "10.0.0.0/8", "sg-", "10.0.0.300/24", "anywhere"])
def test_brokers_are_not_anywhere(product: type[Product], wrong: str) -> None:
    assert not admits(product, "Kafka", wrong)


@each_product
def test_a_cluster_with_iam_is_used_by_its_topics_and_groups(product: type[Product]) -> None:
    connect, topics, groups = policies(Launched(product, Kafka=MSK), "TaskRole")["UseKafka"]
    assert connect["Resource"] == [MSK]
    for statement, kind in ((topics, "topic"), (groups, "group")):
        assert statement["Resource"] == [f"{MSK.replace(':cluster/', f':{kind}/')}/*"]
    assert not any(
        "*" in action or "Delete" in action for part in (connect, topics, groups) for action in part["Action"]
    )
    assert "UseKafka" not in policies(Launched(product, Kafka="vpc"), "TaskRole")


@each_server
@pytest.mark.parametrize(
    ("given", "port"),
    [({}, "3000"), ({"Runtime": "python"}, "8000"), ({"Runtime": "other"}, "8080"), ({"Port": "9000"}, "9000")],
)
def test_the_port_follows_the_runtime(product: type[Product], given: dict[str, str], port: str) -> None:
    launched = app(Launched(product, **given))
    assert launched["PortMappings"] == [
        {"ContainerPort": port, "Name": "main", "AppProtocol": "http", "Protocol": "tcp"}
    ]
    assert {"Name": "PORT", "Value": port} in launched["Environment"]


@each_server
def test_the_container_is_asked_in_its_own_protocol(product: type[Product]) -> None:
    by_path = app(Launched(product, Image=OWN_IMAGE))["HealthCheck"]
    assert by_path["Command"][:2] == ["CMD", "node"]
    assert "HEALTH_PATH" in by_path["Command"][-1]
    for protocol in ("http2", "grpc"):
        by_port = app(Launched(product, Image=OWN_IMAGE, Protocol=protocol, Runtime="python"))["HealthCheck"]
        assert "create_connection" in by_port["Command"][-1]
    own = app(Launched(product, Image=OWN_IMAGE, HealthCommand="/bin/healthy"))["HealthCheck"]
    assert own["Command"] == ["CMD-SHELL", "/bin/healthy"]


@each_server
def test_the_placeholder_answers_until_there_is_an_image(product: type[Product]) -> None:
    assert app(Launched(product))["Command"] == placeholder.ANSWERS
    assert app(Launched(product, HealthCommand="/bin/healthy"))["HealthCheck"]["Command"][0] == "CMD-SHELL"
    assert "Command" not in app(Launched(product, Image=OWN_IMAGE))


@pytest.mark.parametrize(
    ("protocol", "answers"),
    [
        ("http", "return 200 'This service waits"),
        ("http2", "http2 on; location / { default_type text/plain;"),
        ("grpc", "http2 on; location / { default_type application/grpc; add_header grpc-status 0;"),
    ],
)
def test_the_placeholder_speaks_as_the_service_will(protocol: str, answers: str, tmp_path: Path) -> None:
    shows_configuration = tmp_path / "nginx"
    shows_configuration.write_text(f"#!/bin/sh\ncat {tmp_path}/nginx.conf\n")
    shows_configuration.chmod(0o755)
    command = [part.replace("/tmp/", f"{tmp_path}/") for part in placeholder.ANSWERS]  # noqa: S108 - the container's
    given = {"PATH": f"{tmp_path}:/usr/bin:/bin", "PORT": "3000", "PROTOCOL": protocol}
    shown = subprocess.run(command, env=given, capture_output=True, text=True, check=True).stdout
    assert "listen 3000;" in shown
    assert answers in shown
    assert ("http2" in shown) is (protocol != "http")


@each_product
def test_images_are_pulled_from_their_own_repository_alone(product: type[Product]) -> None:
    (pull,) = policies(Launched(product, Image=OWN_IMAGE), "TaskStartRole")["PullImage"]
    assert pull["Resource"] == [f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/team*"]


def deployment(product: type[Product], **given: str) -> dict[str, Any]:
    found: dict[str, Any] = Launched(product, **given)["Service"]["DeploymentConfiguration"]
    return found


@each_server
def test_a_bad_version_is_taken_back(product: type[Product]) -> None:
    rolling = deployment(product)
    assert (rolling["Strategy"], rolling["MinimumHealthyPercent"]) == ("ROLLING", 100)
    assert rolling["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    for strategy in ("rolling", "blue-green", "canary-10", "linear-10"):
        alarms = deployment(product, Strategy=strategy)["Alarms"]
        assert (alarms["Enable"], alarms["Rollback"], len(alarms["AlarmNames"])) == (True, True, 2)


@each_server
def test_strategies_are_what_they_say(product: type[Product]) -> None:
    def steps(strategy: str) -> dict[str, Any]:
        found = deployment(product, Strategy=strategy)
        return {
            key: value
            for key, value in found.items()
            if key not in ("Alarms", "MinimumHealthyPercent", "MaximumPercent")
        }

    assert steps("blue-green") == {"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": "30"}
    assert steps("canary-10") == {
        "Strategy": "CANARY",
        "BakeTimeInMinutes": "30",
        "CanaryConfiguration": {"CanaryPercent": "10", "CanaryBakeTimeInMinutes": "30"},
    }
    assert steps("linear-25") == {
        "Strategy": "LINEAR",
        "BakeTimeInMinutes": "30",
        "LinearConfiguration": {"StepPercent": "25", "StepBakeTimeInMinutes": "30"},
    }


@each_server
def test_every_strategy_is_one_that_ecs_takes(product: type[Product]) -> None:
    declared = template_of(product)["Parameters"]
    longest = str(declared["BakeMinutes"]["MaxValue"])
    for strategy in declared["Strategy"]["AllowedValues"]:
        launched = Launched(
            product, Strategy=strategy, BakeMinutes=longest, **({} if strategy == "rolling" else {"Hook": HOOK})
        )
        check_deployment(launched["Service"])


@each_server
def test_a_function_is_asked_at_its_stages(product: type[Product]) -> None:
    (hook,) = deployment(product, Strategy="blue-green", Hook=HOOK)["LifecycleHooks"]
    assert (hook["HookTargetArn"], hook["LifecycleStages"]) == (HOOK, ["POST_TEST_TRAFFIC_SHIFT"])
    stages = "PRE_SCALE_UP,POST_PRODUCTION_TRAFFIC_SHIFT"
    launched = Launched(product, Strategy="canary-5", Hook=f"{HOOK} {stages}")
    (hook,) = launched["Service"]["DeploymentConfiguration"]["LifecycleHooks"]
    assert (hook["HookTargetArn"], hook["LifecycleStages"]) == (HOOK, stages.split(","))
    (ask,) = policies(launched, "HookRole")["HookRole"]
    assert (ask["Action"], ask["Resource"]) == (["lambda:InvokeFunction"], [HOOK])
    assert refused(template_of(product), Hook=HOOK) == {"HookIsCalled"}
    assert not admits(product, "Hook", f"{HOOK} AFTERWARDS")
