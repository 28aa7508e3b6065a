"""From an empty account to a running system and back, told with the commands that a user types."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.command import Command, copy_portfolios

SYSTEM = "fastapi-platform"
LAUNCHES = ["foundation", "security-baseline", "network", "cluster", "api"]


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A fresh project; the scenario's tests build on each other, from top to bottom."""
    directory = tmp_path_factory.mktemp("story")
    copy_portfolios(directory)
    command = Command(directory)
    command("sandbox", "start", "--state", "kept")
    yield command
    command("sandbox", "stop")


def subnets_of(factory: Command, environment: str) -> list[str]:
    network = next(item for item in up(factory, environment) if item["name"] == "network")
    found = factory.client("ec2", environment).describe_subnets(
        Filters=[{"Name": "vpc-id", "Values": [network["outputs"]["VpcId"]]}]
    )
    return sorted(item["CidrBlock"] for item in found["Subnets"])


def up(factory: Command, environment: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = factory.json("up", SYSTEM, "-e", environment, "--sandbox")
    return found


def test_publish_fills_an_empty_hub(factory: Command) -> None:
    done = factory("publish", "--sandbox", "--yes")
    assert "published:" in done.stderr
    assert factory("plan", "--sandbox", "--exit-code").stdout == "nothing to change\n"


def test_publishing_again_changes_nothing(factory: Command) -> None:
    assert factory.json("publish", "--sandbox", "--yes") == {"changes": [], "kept": [], "complete": True}


@pytest.mark.parametrize(("environment", "number", "gateways", "tasks"), [("dev", 0, 1, 1), ("prod", 2, 3, 3)])
def test_a_system_comes_up(factory: Command, environment: str, number: int, gateways: int, tasks: int) -> None:
    launched = up(factory, environment)
    assert {item["name"]: item["status"] for item in launched} == dict.fromkeys(LAUNCHES, "AVAILABLE")
    assert subnets_of(factory, environment) == sorted(
        f"10.{number}.{third}.0/24" for third in (1, 2, 3, 11, 12, 13, 21, 22, 23)
    )
    ec2 = factory.client("ec2", environment)
    assert len(ec2.describe_nat_gateways()["NatGateways"]) == gateways
    (balancer,) = factory.client("elbv2", environment).describe_load_balancers()["LoadBalancers"]
    attributes = factory.client("elbv2", environment).describe_load_balancer_attributes(
        LoadBalancerArn=balancer["LoadBalancerArn"]
    )["Attributes"]
    protection = {item["Key"]: item["Value"] for item in attributes}["deletion_protection.enabled"]
    assert protection == ("true" if environment == "prod" else "false")
    ecs = factory.client("ecs", environment)
    (cluster,) = ecs.list_clusters()["clusterArns"]
    (service,) = ecs.describe_services(cluster=cluster, services=ecs.list_services(cluster=cluster)["serviceArns"])[
        "services"
    ]
    assert service["desiredCount"] == tasks


def test_the_hub_holds_none_of_it(factory: Command) -> None:
    assert factory.client("elbv2", "hub").describe_load_balancers()["LoadBalancers"] == []
    assert factory.client("ecs", "hub").list_clusters()["clusterArns"] == []


def test_status_shows_what_is_launched(factory: Command) -> None:
    rows = factory.json("status", "-e", "dev", "--sandbox")
    assert {row["name"]: (row["product"], row["version"], row["status"], row["behind"]) for row in rows} == {
        name: ("microservice-public" if name == "api" else name, row["version"], "AVAILABLE", False)
        for name, row in zip(sorted(LAUNCHES), rows, strict=True)
    }


def test_a_second_up_changes_nothing(factory: Command) -> None:
    before = factory.client("servicecatalog", "dev").list_record_history()["RecordDetails"]
    up(factory, "dev")
    after = factory.client("servicecatalog", "dev").list_record_history()["RecordDetails"]
    assert len(after) == len(before)


def outline(factory: Command) -> dict[str, Any]:
    """What AWS shows of the launches in dev, ids and times included."""
    ec2, s3, iam = (factory.client(service, "dev") for service in ("ec2", "s3", "iam"))
    return {
        "vpcs": ec2.describe_vpcs()["Vpcs"],
        "subnets": ec2.describe_subnets()["Subnets"],
        "gateways": ec2.describe_nat_gateways()["NatGateways"],
        "endpoints": ec2.describe_vpc_endpoints()["VpcEndpoints"],
        "acls": ec2.describe_network_acls()["NetworkAcls"],
        "groups": ec2.describe_security_groups()["SecurityGroups"],
        "flow logs": ec2.describe_flow_logs()["FlowLogs"],
        "buckets": s3.list_buckets()["Buckets"],
        "roles": iam.get_paginator("list_roles").paginate().build_full_result()["Roles"],
        "balancers": factory.client("elbv2", "dev").describe_load_balancers()["LoadBalancers"],
        "launches": factory.client("servicecatalog", "dev").search_provisioned_products()["ProvisionedProducts"],
        "stacks": factory.client("cloudformation", "dev").describe_stacks()["Stacks"],
    }


def test_all_of_it_is_there_after_a_stop_and_a_start(factory: Command) -> None:
    before = outline(factory)
    assert "state saved in" in factory("sandbox", "stop").stderr
    done = factory("sandbox", "start", "--state", "kept")
    assert "created" not in done.stderr, "accounts were prepared anew"
    assert factory.json("sandbox", "status")["state"] == str(factory.directory / "kept")
    assert outline(factory) == before
    assert factory("plan", "--sandbox", "--exit-code").stdout == "nothing to change\n"
    rows = factory.json("status", "-e", "dev", "--sandbox")
    assert [row["status"] for row in rows] == ["AVAILABLE"] * len(LAUNCHES)
    up(factory, "dev")
    assert outline(factory) == before


def test_an_update_says_first_what_changes(factory: Command) -> None:
    done = factory("launch", "network", "-e", "dev", "--sandbox", "-p", "Nat=none")
    assert "Nat: auto → none" in done.stderr
    gateways = factory.client("ec2", "dev").describe_nat_gateways()["NatGateways"]
    assert [item["State"] for item in gateways if item["State"] != "deleted"] == []


def service(factory: Command) -> dict[str, Any]:
    ecs = factory.client("ecs", "dev")
    (cluster,) = ecs.list_clusters()["clusterArns"]
    (found,) = ecs.describe_services(cluster=cluster, services=ecs.list_services(cluster=cluster)["serviceArns"])[
        "services"
    ]
    image = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
    return {**found, "image": image["containerDefinitions"][0]["image"]}


def rules(factory: Command, port: int) -> list[dict[str, Any]]:
    elb = factory.client("elbv2", "dev")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (listener,) = [item["ListenerArn"] for item in listeners if item["Port"] == port]
    return [item for item in elb.describe_rules(ListenerArn=listener)["Rules"] if item["Priority"] != "default"]


def launch_api(factory: Command, *parameters: str, code: int = 0) -> str:
    given = [item for pair in parameters for item in ("-p", pair)]
    return factory("launch", "microservice-public", "-e", "dev", "--sandbox", "--name", "api", *given, code=code).stderr


def test_updates_leave_a_service_as_deployments_and_autoscaling_left_it(factory: Command) -> None:
    launch_api(factory, "Strategy=canary-10")
    (rule,), (test,) = rules(factory, 443), rules(factory, 8443)
    blue, green = (group["TargetGroupArn"] for group in rule["Actions"][0]["ForwardConfig"]["TargetGroups"])
    # What ECS does in a deployment, and Application Auto Scaling under load.
    moved = [{"TargetGroupArn": blue, "Weight": 0}, {"TargetGroupArn": green, "Weight": 100}]
    elb, ecs = factory.client("elbv2", "dev"), factory.client("ecs", "dev")
    for each in (rule, test):
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": moved}}
        elb.modify_rule(RuleArn=each["RuleArn"], Actions=[action])
    busy = service(factory)
    ecs.update_service(cluster=busy["clusterArn"], service=busy["serviceName"], desiredCount=2)

    launch_api(factory, "CostCenter=orders")

    for port, before in ((443, rule), (8443, test)):
        (after,) = rules(factory, port)
        assert after["Actions"][0]["ForwardConfig"]["TargetGroups"] == moved
        assert (after["RuleArn"], after["Priority"]) == (before["RuleArn"], before["Priority"])
    assert service(factory)["desiredCount"] == 2

    # Back to rolling, the service stays where its tasks are.
    launch_api(factory, "Strategy=rolling")

    (after,) = rules(factory, 443)
    assert after["Actions"][0]["TargetGroupArn"] == green
    assert service(factory)["loadBalancers"][0]["targetGroupArn"] == green
    assert rules(factory, 8443) == []


def test_an_image_that_fails_leaves_the_old_version_serving(factory: Command) -> None:
    """ECS ends the deployment, CloudFormation hears of it, and the stack goes back."""
    before = service(factory)
    reason = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."
    fault = {"type": "AWS::ECS::Service", "step": "update", "reason": reason, "times": 1}
    faults = factory.directory / "faults.json"
    faults.write_text(json.dumps({"resources": [fault]}), encoding="utf-8")
    factory("sandbox", "start", "--faults", str(faults))

    told = launch_api(factory, "Image=example.com/api:broken", code=1)

    assert "ECS Deployment Circuit Breaker was triggered" in told
    after = service(factory)
    assert (after["image"], after["taskDefinition"]) == (before["image"], before["taskDefinition"])
    watched = after["deploymentConfiguration"]["alarms"]
    assert (watched["enable"], watched["rollback"]) == (True, True)
    alarms = factory.client("cloudwatch", "dev").describe_alarms(AlarmNames=watched["alarmNames"])["MetricAlarms"]
    assert [alarm["AlarmDescription"].partition(":")[0] for alarm in alarms] == ["api", "api"]
    launch_api(factory, "Image=example.com/api:mended")
    assert service(factory)["image"] == "example.com/api:mended"


def test_a_system_goes_down_in_the_opposite_order(factory: Command) -> None:
    done = factory("down", SYSTEM, "-e", "dev", "--sandbox")
    assert "    ExecLogs (AWS::Logs::LogGroup) stays: " in done.stdout
    assert f"{len(LAUNCHES)} launches to end, " in done.stdout
    gone = re.findall(r"\] (\S+) +gone\b", done.stderr)
    # The baseline stands on the foundation alone, so that it goes side by side with the others.
    assert [name for name in gone if name != "security-baseline"] == ["api", "cluster", "network", "foundation"]
    assert gone.index("security-baseline") < gone.index("foundation")
    assert factory.json("status", "-e", "dev", "--sandbox") == []
    assert factory.client("elbv2", "dev").describe_load_balancers()["LoadBalancers"] == []
    assert [row["status"] for row in factory.json("status", "-e", "prod", "--sandbox")] == ["AVAILABLE"] * len(LAUNCHES)


def test_the_sandbox_leaves_nothing_behind(factory: Command) -> None:
    factory("sandbox", "stop")
    status = json.loads(factory("sandbox", "status", "--json", code=1).stdout)
    assert status["endpoint"] is None
    assert not list(factory.directory.glob(".factory/sandbox*"))
