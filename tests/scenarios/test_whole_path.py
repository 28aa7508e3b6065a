"""From an empty account to a running system and back, told with the commands that a user types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.command import Command, copy_portfolios

SYSTEM = "fastapi-platform"
LAUNCHES = ["foundation", "network", "cluster", "api"]


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


def test_a_system_goes_down_in_the_opposite_order(factory: Command) -> None:
    done = factory("down", SYSTEM, "-e", "dev", "--sandbox")
    gone = [line.split()[0] for line in done.stderr.splitlines() if line.split()[1:] == ["gone"]]
    assert gone == ["api", "cluster", "network", "foundation"]
    assert factory.json("status", "-e", "dev", "--sandbox") == []
    assert factory.client("elbv2", "dev").describe_load_balancers()["LoadBalancers"] == []
    assert [row["status"] for row in factory.json("status", "-e", "prod", "--sandbox")] == ["AVAILABLE"] * 4


def test_the_sandbox_leaves_nothing_behind(factory: Command) -> None:
    factory("sandbox", "stop")
    status = json.loads(factory("sandbox", "status", "--json", code=1).stdout)
    assert status["endpoint"] is None
    assert not list(factory.directory.glob(".factory/sandbox*"))
