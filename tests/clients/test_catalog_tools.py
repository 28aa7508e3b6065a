"""AWS's own tools for catalogs of many accounts do their work: aws-service-catalog-factory and -puppet.

Run are their tasks, unchanged, in environments with the boto3 that each of them pins. What they have around the tasks
(a bootstrap, pipelines in CodeBuild, a scheduler) is not.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.clients.conftest import REGION, World

pytestmark = pytest.mark.clients

_RUNNER = "catalog_tasks.py"
_PATIENCE_SECONDS = 120
PORTFOLIO, PRODUCT, VERSION, LAUNCH = "tools", "topic", "v1", "alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One of the two, in a directory of its own."""

    name: str
    python: Path
    directory: Path
    environment: Mapping[str, str]
    hub: str

    def run(self, *tasks: Mapping[str, Any]) -> Any:
        """Run tasks, and give what the last one wrote."""
        done = subprocess.run(
            [self.python, self.directory / _RUNNER, self.name, self.hub],
            cwd=self.directory,
            env=dict(self.environment),
            input=json.dumps(tasks),
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_SECONDS,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout.splitlines()[-1])


Make = Callable[[str, World, Mapping[str, str]], Tool]


@pytest.fixture(scope="module")
def interpreters(python_with: Callable[..., Path]) -> dict[str, Path]:
    """The Python of each tool. They pin different versions of nearly everything."""
    return {
        "factory": python_with(("aws-service-catalog-factory==0.102.1",)) / "python",
        "puppet": python_with(("aws-service-catalog-puppet==0.255.0",)) / "python",
    }


@pytest.fixture
def make(interpreters: dict[str, Path], tmp_path: Path) -> Make:
    """Gives a tool for a world, with more settings."""

    def made(name: str, world: World, settings: Mapping[str, str]) -> Tool:
        directory = tmp_path / name
        directory.mkdir()
        shutil.copy(Path(__file__).with_name(_RUNNER), directory)
        environment = {**world.environment(world.hub), **settings}
        return Tool(name=name, python=interpreters[name], directory=directory, environment=environment, hub=world.hub)

    return made


def endpoints(world: World, directory: Path) -> dict[str, str]:
    """How a botocore that does not know AWS_ENDPOINT_URL yet is told where AWS is: by a list of endpoints."""
    directory.mkdir(parents=True)
    defaults = {
        "hostname": urlsplit(world.sandbox.endpoint).netloc,
        "protocols": ["http"],
        "signatureVersions": ["v4"],
    }
    partition = {
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "regionRegex": "^us-.*$",
        "regions": {REGION: {"description": "here"}},
        "defaults": defaults,
        "services": {},
    }
    (directory / "endpoints.json").write_text(json.dumps({"version": 3, "partitions": [partition]}))
    return {"AWS_DATA_PATH": str(directory)}


def bootstrapped(world: World) -> None:
    """What the bootstraps of both leave behind, as far as the tasks look at it: a bucket in a stack, and roles."""
    cloudformation, s3 = world.client("cloudformation", world.hub), world.client("s3", world.hub)
    template = {
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {"CatalogBucketName": {"Value": {"Ref": "Bucket"}}},
    }
    cloudformation.create_stack(StackName="servicecatalog-factory", TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="servicecatalog-factory", WaiterConfig={"Delay": 0.1, "MaxAttempts": 300}
    )
    (stack,) = cloudformation.describe_stacks(StackName="servicecatalog-factory")["Stacks"]
    empty = {"Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}
    s3.put_object(Bucket=stack["Outputs"][0]["OutputValue"], Key="empty.template.yaml", Body=json.dumps(empty).encode())
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{world.hub}:root"}, "Action": "sts:AssumeRole"}
    for account in (world.hub, world.dev):
        iam = world.client("iam", account)
        iam.create_role(
            RoleName="PuppetRole",
            Path="/servicecatalog-puppet/",
            AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}),
        )
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        iam.put_role_policy(
            RoleName="PuppetRole", PolicyName="all", PolicyDocument=json.dumps({"Statement": [everything]})
        )


def task(section: str, reference: str, *needed: str, **given: Any) -> dict[str, Any]:
    common = {"section_name": section, "task_reference": reference, "dependencies_by_reference": list(needed)}
    return {"region": REGION, **common, **given}


def catalog(template_url: str) -> list[dict[str, Any]]:
    """A portfolio with a product, as the factory makes it."""
    place = urlsplit(template_url)
    version = {
        "VERSION": VERSION,
        "DESCRIPTION": "The first",
        "NAME": PRODUCT,
        "BUCKET": place.netloc.partition(".")[0],
        "TEMPLATE_URL": place.path[1:],
    }
    about = dict.fromkeys(("description", "distributor", "support_description"), "A topic")
    support = {"support_email": "a@example.com", "support_url": "https://example.com"}
    tags = [{"Key": "team", "Value": "platform"}]
    return [
        task("get-bucket", "bucket"),
        task(
            *("create-portfolio-task", "portfolio"),
            portfolio_name=PORTFOLIO,
            description="Tools",
            provider_name="Platform",
            tags=tags,
        ),
        task(
            *("create-product-task", "product", "bucket"),
            name=PRODUCT,
            owner="Platform",
            tags=tags,
            get_bucket_task_ref="bucket",
            **about,
            **support,
        ),
        {"section_name": "version", "region": REGION, "configuration": version},
        task(
            *("ensure-product-version-details-correct-task", "version", "product"),
            status="active",
            version={"Name": VERSION, "Active": True, "Guidance": "default"},
            create_product_task_ref="product",
        ),
        task(
            *("create-product-association-task", "association", "product", "portfolio"),
            create_product_task_ref="product",
            create_portfolio_task_ref="portfolio",
        ),
        task("create-tag-option", "option", tag_option_key="stage", tag_option_value="dev"),
        task(
            *("associate-tag-option", "tagged", "option", "portfolio"),
            create_portfolio_task_ref="portfolio",
            create_tag_option_task_ref="option",
        ),
    ]


def spread(hub: str, dev: str) -> list[dict[str, Any]]:
    """The portfolio shared with another account, imported into one of its own there, and a product launched."""
    in_hub, in_dev = {"account_id": hub}, {"account_id": dev}
    both = {
        "portfolio_get_all_products_and_their_versions_ref": "spoke-products",
        "portfolio_get_all_products_and_their_versions_for_hub_ref": "hub-products",
    }
    launched = {"portfolio": PORTFOLIO, "product": PRODUCT, "version": VERSION}
    return [
        task("portfolio-local", "hub", portfolio=PORTFOLIO, status="shared", **in_hub),
        task(
            *("describe-portfolio-shares", "shares", "hub"),
            portfolio_task_reference="hub",
            type="ACCOUNT",
            **in_hub,
        ),
        task(
            *("portfolio-share-and-accept-account", "share", "hub", "shares"),
            portfolio=PORTFOLIO,
            share_tag_options=True,
            share_principals=False,
            portfolio_task_reference="hub",
            describe_portfolio_shares_task_ref="shares",
            **in_dev,
        ),
        task("portfolio-imported", "imported", "share", portfolio=PORTFOLIO, sharing_mode="ACCOUNT", **in_dev),
        task(
            *("spoke-local-portfolios", "spoke", "hub"),
            portfolio=f"{PORTFOLIO}-local",
            portfolio_task_reference="hub",
            **in_dev,
        ),
        task(
            *("portfolio-get-all-products-and-their-versions", "hub-products", "hub"),
            portfolio=PORTFOLIO,
            portfolio_task_reference="hub",
            **in_hub,
        ),
        task(
            *("portfolio-get-all-products-and-their-versions", "spoke-products", "spoke"),
            portfolio=PORTFOLIO,
            portfolio_task_reference="spoke",
            **in_dev,
        ),
        task(
            *("portfolio-import", "import", "spoke", "hub", "hub-products", "spoke-products"),
            portfolio_task_reference="spoke",
            hub_portfolio_task_reference="hub",
            **both,
            **in_dev,
        ),
        task(
            *("portfolio-puppet-role-association", "hub-role", "hub"),
            portfolio=PORTFOLIO,
            portfolio_task_reference="hub",
            **in_hub,
        ),
        task(
            *("portfolio-puppet-role-association", "spoke-role", "imported"),
            portfolio=PORTFOLIO,
            portfolio_task_reference="imported",
            **in_dev,
        ),
        task("describe-provisioning-parameters", "parameters", "hub-role", **launched),
        task(
            *("launches", "launch", "hub-products", "parameters", "spoke-role"),
            launch_name=LAUNCH,
            portfolio_get_all_products_and_their_versions_ref="hub-products",
            describe_provisioning_params_ref="parameters",
            execution="hub",
            tags=[],
            **launched,
            **in_dev,
        ),
    ]


def test_what_the_one_publishes_the_other_spreads(make: Make, world: World, tmp_path: Path) -> None:
    bootstrapped(world)
    inherited = {"ACCOUNT_ID": world.hub, "REGION": REGION, "SCT_SHOULD_PIPELINES_INHERIT_TAGS": "False"}
    publishing = make("factory", world, {**inherited, **endpoints(world, tmp_path / "endpoints")})
    publishing.run(*catalog(world.template_url))

    hub = world.client("servicecatalog", world.hub)
    (portfolio,) = hub.list_portfolios()["PortfolioDetails"]
    (product,) = hub.search_products_as_admin(PortfolioId=portfolio["Id"])["ProductViewDetails"]
    assert product["ProductViewSummary"]["Name"] == PRODUCT
    versions = hub.list_provisioning_artifacts(ProductId=product["ProductViewSummary"]["ProductId"])
    assert {item["Name"]: item["Guidance"] for item in versions["ProvisioningArtifactDetails"]} == {
        "-": "DEFAULT",
        VERSION: "DEFAULT",
    }
    assert [
        (option["Key"], option["Value"]) for option in hub.describe_portfolio(Id=portfolio["Id"])["TagOptions"]
    ] == [("stage", "dev")]

    spreading = make("puppet", world, {"SCT_INITIALISER_STACK_TAGS": "[]", "SCT_HOME_REGION": REGION})
    parameters = {"Title": {"default": "shop"}}
    manifest = {
        "parameters": {},
        "accounts": [{"account_id": world.dev, "parameters": {}}],
        "launches": {LAUNCH: {"parameters": parameters}},
    }
    (spreading.directory / "manifest-expanded.yaml").write_text(json.dumps(manifest))
    told = spreading.run(*spread(world.hub, world.dev))
    assert told["provisioned"] is True

    (topic,) = world.client("sns", world.dev).list_topics()["Topics"]
    attributes = world.client("sns", world.dev).get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert attributes["DisplayName"] == "shop"
    dev = world.client("servicecatalog", world.dev)
    (local,) = dev.list_portfolios()["PortfolioDetails"]
    found = dev.search_products_as_admin(PortfolioId=local["Id"])["ProductViewDetails"]
    assert [item["ProductViewSummary"]["Name"] for item in found] == [PRODUCT]

    ended = task(
        *("launches", "ended"),
        status="terminated",
        account_id=world.dev,
        launch_name=LAUNCH,
        portfolio=PORTFOLIO,
        product=PRODUCT,
        version=VERSION,
        execution="hub",
    )
    spreading.run(ended)
    assert world.client("sns", world.dev).list_topics()["Topics"] == []
