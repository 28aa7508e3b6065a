"""Twelve microservices with repositories and pipelines: up in four environments, grown by one, and down again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain

import pytest

from benchmarks.projects import Project
from factory.catalog.manifest import Manifest, load
from factory.catalog.model import EnvironmentName, ProductName, VersionName
from factory.planning.order import dependencies
from factory.synthesis.artifact import synthesize
from tests.command import Command, copy_portfolios
from tests.conftest import shipped

pytestmark = pytest.mark.slow

SYSTEM = "bitbucket-microservices"
SERVICES = {"microservice-public": 6, "microservice-internal": 6}
BASE = {"foundation": 1, "security-baseline": 1, "network": 1, "cluster": 1, "ci-access": 1}
LAUNCHES = {
    "dev": {**BASE, **SERVICES, "image-repository": 12, "delivery-pipeline": 12},
    "test": {**BASE, **SERVICES},
    "qa": {**BASE, **SERVICES},
    "prod": {**BASE, **SERVICES},
}
_LINE = re.compile(r"\[ *\d+/\d+\] (?P<name>\S+) +(?P<state>launching|updating|AVAILABLE)\b")
# Type and id of what a plan says that stays.
_STAYS = re.compile(r"\((AWS::\S+)\) stays: (\S+)")
_READS = re.compile(r"\w+:(Describe|Get|List|Search)\w+")


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project whose catalog is published where the system is to be; the tests build on each other."""
    directory = tmp_path_factory.mktemp("story")
    copy_portfolios(directory, whole=True)
    command = Command(directory)
    command("publish", *(word for name in LAUNCHES for word in ("-e", name)), "--sandbox", "--yes")
    yield command
    command("sandbox", "stop")


@pytest.fixture(scope="module")
def manifest(factory: Command) -> Manifest:
    products = {ProductName(name): VersionName(product.version) for name, product in shipped().items()}
    return load(factory.directory, products)


@pytest.mark.parametrize("environment", list(LAUNCHES))
def test_it_comes_up_in_the_order_of_its_wiring_and_side_by_side(
    environment: str, factory: Command, manifest: Manifest
) -> None:
    done = factory("up", SYSTEM, "-e", environment, "--sandbox")

    rows = [line.split("\t") for line in done.stdout.splitlines()[1:]]
    assert Counter(product for _, product, *_ in rows) == LAUNCHES[environment]
    assert {status for _, _, _, status, _ in rows} == {"AVAILABLE"}
    told = [(match["name"], match["state"]) for line in done.stderr.splitlines() if (match := _LINE.match(line))]
    assert len(told) == 2 * len(rows)
    artifacts = {ProductName(name): synthesize(product) for name, product in shipped().items()}
    needs = dependencies(manifest.system(SYSTEM), EnvironmentName(environment), artifacts)
    there: set[str] = set()
    under_way: set[str] = set()
    most = 0
    for name, state in told:
        if state == "AVAILABLE":
            there.add(name)
            under_way.remove(name)
        else:
            assert needs[name] <= there, f"{name} began before {needs[name] - there}"
            under_way.add(name)
        most = max(most, len(under_way))
    assert most >= 8


def test_every_service_runs_and_has_a_way_in(factory: Command) -> None:
    for environment, fewest in (("dev", 1), ("prod", 3)):
        ecs, elb = factory.client("ecs", environment), factory.client("elbv2", environment)
        (cluster,) = ecs.list_clusters()["clusterArns"]
        names = ecs.list_services(cluster=cluster, maxResults=100)["serviceArns"]
        found = list(
            chain.from_iterable(
                ecs.describe_services(cluster=cluster, services=names[start : start + 10])["services"]
                for start in range(0, len(names), 10)
            )
        )
        counts = sorted(service["desiredCount"] for service in found)
        assert counts == [fewest] * 11 + [4 if environment == "prod" else 1]
        (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
        listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        rules = [rule for item in listeners for rule in elb.describe_rules(ListenerArn=item["ListenerArn"])["Rules"]]
        priorities = [rule["Priority"] for rule in rules if rule["Priority"] != "default"]
        # Launched at the same time, each public service has a priority of its own.
        assert len(set(priorities)) == len(priorities) == 6


def test_images_are_kept_where_builds_run(factory: Command) -> None:
    for environment, count in (("dev", 12), ("prod", 0)):
        assert len(factory.client("ecr", environment).describe_repositories()["repositories"]) == count


def test_a_second_up_only_looks(factory: Command) -> None:
    run = Project(directory=factory.directory).run("up", SYSTEM, "-e", "dev")
    assert [name for name in run.calls if not _READS.fullmatch(name)] == []
    launches = sum(LAUNCHES["dev"].values())
    # For each launch its stack and what is in it; what is offered and stands there, once for all.
    assert run.calls["cloudformation:DescribeStacks"] == run.calls["cloudformation:ListStackResources"] == launches
    assert run.calls.total() - 2 * launches < 40


def test_a_new_service_comes_up_with_all_that_belongs_to_it(factory: Command) -> None:
    options = ("--runtime", "python", "--type", "internal", "--system", SYSTEM)
    factory("new-service", "loyalty", *options, "--sandbox")
    done = factory("up", SYSTEM, "-e", "dev", "--sandbox")
    told = {match["name"]: match["state"] for line in done.stderr.splitlines() if (match := _LINE.match(line))}
    # The pipeline's access names the service now.
    assert told == dict.fromkeys(["loyalty", "loyalty-images", "loyalty-pipeline", "ci-access"], "AVAILABLE")
    assert "Services: " in done.stderr
    missing = [row["name"] for row in factory.json("status", "--system", SYSTEM, "--sandbox") if not row["status"]]
    assert missing.count("loyalty") == 3, "it is in test, qa and prod as well"


def test_down_leaves_only_what_is_retained(factory: Command) -> None:
    factory("down", SYSTEM, "-e", "dev", "--sandbox")
    assert gone(factory, "dev")
    # What holds data outlives its launch.
    assert len(factory.client("ecr", "dev").describe_repositories()["repositories"]) == 13
    assert factory.client("s3", "dev").list_buckets()["Buckets"]
    assert [row["status"] for row in factory.json("status", "-e", "prod", "--sandbox")] == ["AVAILABLE"] * 17


def test_production_stays_as_a_whole_while_it_is_protected(factory: Command) -> None:
    refused = factory("down", SYSTEM, "-e", "prod", "--sandbox", code=1)
    assert "17 launches to end, " in refused.stdout
    assert refused.stderr.splitlines()[-3:] == [
        "error: launches in prod/us-east-1: nothing was ended",
        "  cluster: LoadBalancer (AWS::ElasticLoadBalancingV2::LoadBalancer) refuses to be deleted",
        "hint:  factory launch cluster -e prod --name cluster -p DeletionProtection=lifted --sandbox",
    ]
    assert [row["status"] for row in factory.json("status", "-e", "prod", "--sandbox")] == ["AVAILABLE"] * 17


def test_production_goes_down_once_its_protection_is_lifted(factory: Command) -> None:
    lift = ("launch", "cluster", "-e", "prod", "--name", "cluster", "-p", "DeletionProtection=lifted", "--sandbox")
    assert "DeletionProtection: auto → lifted" in factory(*lift).stderr
    shown = factory("down", SYSTEM, "-e", "prod", "--sandbox", "--dry-run")
    assert shown.stderr.endswith("nothing was changed\n")
    assert "is protected" not in shown.stdout
    done = factory("down", SYSTEM, "-e", "prod", "--sandbox")
    assert done.stdout == shown.stdout
    assert gone(factory, "prod")
    staying = {physical: kind for kind, physical in _STAYS.findall(done.stdout)}
    logs = factory.client("logs", "prod").get_paginator("describe_log_groups").paginate()
    names = {group["logGroupName"] for page in logs for group in page["logGroups"]}
    kept = {name for name, kind in staying.items() if kind == "AWS::Logs::LogGroup"}
    assert len(kept) > 12
    assert kept <= names
    buckets = {bucket["Name"] for bucket in factory.client("s3", "prod").list_buckets()["Buckets"]}
    kept = {name for name, kind in staying.items() if kind == "AWS::S3::Bucket"}
    assert kept
    # Beside what was launched there is where Service Catalog keeps templates.
    assert {name for name in buckets if not name.startswith("sc-templates-")} == kept


def gone(factory: Command, environment: str) -> bool:
    """Whether nothing is launched any more, and nothing of it is left that its launches do not retain."""
    assert factory.json("status", "-e", environment, "--sandbox") == []
    stacks = factory.client("cloudformation", environment).describe_stacks()["Stacks"]
    assert sorted(stack["StackName"] for stack in stacks) == ["factory-account", "factory-launch-roles"]
    left = {
        "balancers": factory.client("elbv2", environment).describe_load_balancers()["LoadBalancers"],
        "clusters": factory.client("ecs", environment).list_clusters()["clusterArns"],
        "projects": factory.client("codebuild", environment).list_projects()["projects"],
        "functions": factory.client("lambda", environment).list_functions()["Functions"],
        "topics": factory.client("sns", environment).list_topics()["Topics"],
        "alarms": factory.client("cloudwatch", environment).describe_alarms()["MetricAlarms"],
        "networks": [
            vpc for vpc in factory.client("ec2", environment).describe_vpcs()["Vpcs"] if not vpc.get("IsDefault")
        ],
        "values": factory.client("ssm", environment).get_parameters_by_path(Path="/platform/main/network")[
            "Parameters"
        ],
    }
    assert left == {kind: [] for kind in left}
    return True
