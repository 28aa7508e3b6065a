"""A service is delivered: a release to test and qa, to prod what somebody has approved; what fails changes nothing.

Nothing runs a pipeline here. The test goes through its definition action by action; what a deployment does is done for
real, by the AWS CLI, with the role that the stage has, against launches in the accounts of four environments.
"""

from __future__ import annotations

import http.server
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from products.delivery_pipeline import DeliveryPipeline
from tests.buildspecs.build import Built, run
from tests.buildspecs.buildspec import parse
from tests.buildspecs.stand_ins import StandIns
from tests.command import AWS_CLI, Command, Session, copy_portfolios, needs_aws_cli
from tests.products import pipeline_runs
from tests.products.launching import Launched
from tests.products.pipeline_runs import Action, FailedError
from tests.scenarios.project import ACCOUNTS, environments

pytestmark = [
    pytest.mark.slow,
    needs_aws_cli,
    pytest.mark.skipif(not shutil.which("jq"), reason="jq is not there"),
]

ENVIRONMENTS = environments(
    *ACCOUNTS, **{name: {"parameters": {"Project": "shop", "DomainName": f"{name}.example.com"}} for name in ACCOUNTS}
)
SERVED = ("network", "cluster", "microservice-public")
PORTFOLIO = {
    "display-name": "Platform",
    "provider": "Platform team",
    "environments": list(ACCOUNTS),
    "access": ["role/factory-launcher", "role/factory-deployer-*"],
    "products": {
        **{name: dict.fromkeys(ACCOUNTS, "current") for name in ("foundation", "ci-access")},
        **{name: dict.fromkeys(("test", "qa", "prod"), "current") for name in SERVED},
        **{name: {"dev": "current"} for name in ("image-repository", "delivery-pipeline")},
    },
}
CONNECTION = "arn:aws:codeconnections:us-east-1:222222222222:connection/11111111-2222-3333-4444-555555555555"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
REASON = "ECS Deployment Circuit Breaker was triggered."
NAMED = {
    "ServiceName": "orders",
    "Project": "shop",
    "ConnectionArn": CONNECTION,
    "Repository": "shop/orders",
    **{f"{name.capitalize()}Account": ACCOUNTS[name] for name in ("test", "qa", "prod")},
}


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The service runs in test, qa and prod; its repository and pipeline are in dev."""
    directory = tmp_path_factory.mktemp("delivery")
    command = Command(directory)
    copy_portfolios(directory)
    shutil.rmtree(directory / "portfolios/systems")
    (directory / "portfolios/environments.yaml").write_text(ENVIRONMENTS)
    (directory / "portfolios/platform.yaml").write_text(json.dumps(PORTFOLIO))
    command("publish", "--sandbox", "--yes")

    def launch(product: str, environment: str, **given: str) -> None:
        pairs = [item for name, value in given.items() for item in ("-p", f"{name}={value}")]
        name = "orders" if product == "microservice-public" else product
        command("launch", product, "-e", environment, "--name", name, "--sandbox", *pairs)

    def serve(environment: str) -> None:
        launch("foundation", environment)
        launch("network", environment, Nat="none", InterfaceEndpoints="none")
        launch("cluster", environment)
        launch("microservice-public", environment, ServiceName="orders", Paths="/orders/*")
        launch("ci-access", environment, Services="orders", BuildAccount=ACCOUNTS["dev"])

    def deliver() -> None:
        launch("foundation", "dev")
        launch("image-repository", "dev", RepositoryName="orders", PipelineRole="auto")
        launch("delivery-pipeline", "dev", **{name: value for name, value in NAMED.items() if name != "Project"})

    with ThreadPoolExecutor() as pool:
        for ended in [pool.submit(deliver), *(pool.submit(serve, name) for name in ("test", "qa", "prod"))]:
            ended.result()
    yield command
    command("sandbox", "stop")


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Carries out what a run of the pipeline does in its deployments; checks and builds are taken for done."""

    factory: Command
    directory: Path
    tag: str
    approves: Callable[[str], None] = lambda _: None
    log: list[str] = field(default_factory=list)

    def push(self, branch: str) -> list[str]:
        """Push to a branch: the stages that the run enters."""
        return pipeline_runs.run(Launched(DeliveryPipeline, **NAMED)["Pipeline"], branch, COMMIT, self._act)

    def _act(self, action: Action) -> Mapping[str, str]:
        if action.provider == "Manual":
            self.approves(action.configuration["CustomData"])
            return {}
        if action.name not in ("Compare", "Deploy"):
            return {"IMAGE": f"{self._registry}:{self.tag}"}
        built = self.build(f"Deploy{action.stage.replace('Approval', 'Prod')}", action.variables)
        self.log.append(built.output)
        if not built.succeeded:
            raise FailedError(built.output)
        return built.exported

    @property
    def _registry(self) -> str:
        key = "/platform/main/image-repository/orders/repository-uri"
        uri: str = self.factory.client("ssm", "dev").get_parameter(Name=key)["Parameter"]["Value"]
        # The sandbox's registry is elsewhere than that of AWS.
        return f"{ACCOUNTS['dev']}.dkr.ecr.us-east-1.amazonaws.com/{uri.rpartition('/')[2]}"

    def build(self, title: str, variables: Mapping[str, str]) -> Built:
        """Run a project of the pipeline's stack, with its buildspec, its variables and its role."""
        name = f"shop-dev-build-main-orders-{title}"
        (project,) = self.factory.client("codebuild", "dev").batch_get_projects(names=[name])["projects"]
        given = {item["name"]: item["value"] for item in project["environment"]["environmentVariables"]}
        (self.directory / "source").mkdir(exist_ok=True)
        stand_ins = StandIns(self.directory / "programs")
        stand_ins.real("jq", [str(shutil.which("jq"))])
        stand_ins.real("aws", ["env", f"PATH={os.environ['PATH']}", str(AWS_CLI)])
        with credentials(self.factory.take_on(project["serviceRole"].rpartition("/")[2], "dev")) as address:
            return run(
                parse(project["source"]["buildspec"]),
                source=self.directory / "source",
                stand_ins=stand_ins,
                environment={
                    **given,
                    **variables,
                    "AWS_ENDPOINT_URL": self.factory.sandbox.endpoint,
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": address,
                    "POLL_SECONDS": "0.5",
                },
            )


class credentials:  # noqa: N801 - used as a function
    """Serves a session as the container of a build does."""

    def __init__(self, given: Session) -> None:
        body = json.dumps(
            {
                "AccessKeyId": given.key_id,
                "SecretAccessKey": given.secret,
                "Token": given.token,
                "Expiration": given.expires.isoformat(),
            }
        ).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def running(factory: Command, environment: str) -> str:
    """The image that the service runs in an environment, as ECS has it."""
    ecs = factory.client("ecs", environment)
    (cluster,) = ecs.list_clusters()["clusterArns"]
    (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
    (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    images = {item["name"]: item["image"] for item in definition["containerDefinitions"]}
    found: str = images["app"] if "app" in images else next(iter(images.values()))
    return found


def parameters(factory: Command, environment: str) -> dict[str, str]:
    """What the service was launched with."""
    stacks = factory.client("cloudformation", environment).describe_stacks()["Stacks"]
    (found,) = (stack for stack in stacks if any(p["ParameterValue"] == "/orders/*" for p in stack["Parameters"]))
    return {item["ParameterKey"]: item["ParameterValue"] for item in found["Parameters"]}


def test_a_release_goes_to_test_and_qa_and_nowhere_else(factory: Command, tmp_path: Path) -> None:
    before = {name: parameters(factory, name) for name in ("test", "qa", "prod")}
    delivery = Delivery(factory=factory, directory=tmp_path, tag="0123456789ab-release-1.2.0")
    assert delivery.push("release/1.2.0") == ["Verify", "Build", "Test", "Qa"]
    for name in ("test", "qa"):
        assert running(factory, name).endswith(f"0123456789ab-release-1.2.0-{name}")
        after = parameters(factory, name)
        assert {key for key in after if after[key] != before[name][key]} == {"Image"}
    assert parameters(factory, "prod") == before["prod"]
    # Again, as a stage is repeated: nothing to change is no failure.
    assert delivery.push("release/1.2.0") == ["Verify", "Build", "Test", "Qa"]


def test_a_failing_image_leaves_what_runs_and_names_what_failed(factory: Command, tmp_path: Path) -> None:
    good = running(factory, "test")
    fault = {"type": "AWS::ECS::Service", "step": "update", "reason": REASON, "times": 1}
    (factory.directory / "faults.json").write_text(json.dumps({"seed": 1, "resources": [fault]}))
    factory("sandbox", "faults", "faults.json")
    delivery = Delivery(factory=factory, directory=tmp_path, tag="ba5eba11ba5e-release-1.2.1")
    with pytest.raises(FailedError, match=f"Service: {REASON}"):
        delivery.push("release/1.2.1")
    factory("sandbox", "faults", "--clear")
    assert running(factory, "test") == good
    assert "1.2.1" not in running(factory, "qa")
    alarms = factory.client("cloudwatch", "dev").describe_alarms()["MetricAlarms"]
    (alarm,) = (item for item in alarms if item["AlarmDescription"].startswith("orders: a deployment to test failed."))
    (watched,) = alarm["Dimensions"]
    assert watched["Value"] == "shop-dev-build-main-orders-DeployTest"
    assert alarm["AlarmActions"][0].endswith("-warning")
    # The launch is not lost: the next image goes there.
    assert Delivery(factory=factory, directory=tmp_path, tag="c0ffee-release-1.2.2").push("release/1.2.2")
    assert running(factory, "test").endswith("c0ffee-release-1.2.2-test")


def test_prod_changes_once_somebody_has_approved(factory: Command, tmp_path: Path) -> None:
    first = running(factory, "prod")
    seen: list[str] = []

    def reject(says: str) -> None:
        seen.append(says)
        raise FailedError("rejected")

    rejected = Delivery(factory=factory, directory=tmp_path, tag="0123456789ab-prod-1.2.0", approves=reject)
    with pytest.raises(FailedError, match="rejected"):
        rejected.push("prod/1.2.0")
    assert running(factory, "prod") == first
    (says,) = seen
    assert says.startswith(f"orders in prod: {first} becomes {ACCOUNTS['dev']}.dkr.ecr.")
    assert "0123456789ab-prod-1.2.0-prod" in says
    assert COMMIT in says
    approved = Delivery(factory=factory, directory=tmp_path, tag="0123456789ab-prod-1.2.0", approves=seen.append)
    assert approved.push("prod/1.2.0") == ["Verify", "Build", "Approval", "Prod"]
    assert running(factory, "prod").endswith("0123456789ab-prod-1.2.0-prod")


def test_no_other_launch_and_no_other_image_is_let_in(factory: Command, tmp_path: Path) -> None:
    delivery = Delivery(factory=factory, directory=tmp_path, tag="x")
    for given, says in (
        ({"SERVICE": "network", "IMAGE": "x"}, "launch network: pipelines may not update it here"),
        ({"IMAGE": "docker.io/library/other:1"}, "is not in the registry of 222222222222"),
    ):
        built = delivery.build("DeployQa", given)
        assert not built.succeeded
        assert says in built.output


def test_the_deploy_role_may_call_the_deployer_and_nothing_else(factory: Command) -> None:
    iam = factory.client("iam", "test")
    role = iam.get_role(RoleName="factory-deploy-test-main")["Role"]["Arn"]
    function = factory.client("lambda", "test").get_function(FunctionName="factory-deployer-test-main")
    arn = function["Configuration"]["FunctionArn"]

    def may(action: str, on: str) -> bool:
        answer = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=[action], ResourceArns=[on])
        return answer["EvaluationResults"][0]["EvalDecision"] == "allowed"

    assert may("lambda:InvokeFunction", arn)
    assert not may("lambda:InvokeFunction", arn.replace("factory-deployer-test-main", "other"))
    assert not may("servicecatalog:UpdateProvisionedProduct", "*")
    assert not may("lambda:UpdateFunctionCode", arn)


@pytest.mark.parametrize(
    ("stage", "service", "is_let_in"),
    [("qa", "orders", True), ("test", "orders", False), ("qa", "billing", False)],
)
def test_a_role_of_another_stage_or_service_stays_out(
    stage: str, service: str, is_let_in: bool, factory: Command
) -> None:
    """The role of each stage reaches its own environment, by its name and by the tag of its service."""
    iam = factory.client("iam", "dev")
    name = f"factory-pipeline-dev-orders-{stage}"
    tag = {"Key": "Service", "Value": service}
    iam.tag_role(RoleName=name, Tags=[tag])
    there = f"arn:aws:iam::{ACCOUNTS['qa']}:role/factory-deploy-qa-main"
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": there}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName=name, PolicyName="Everywhere", PolicyDocument=document)
    sts = factory.client("sts", "dev", **factory.take_on(name, "dev").keys)
    refused = nullcontext() if is_let_in else pytest.raises(ClientError, match="AccessDenied")
    with refused:
        sts.assume_role(RoleArn=there, RoleSessionName="deploy")
