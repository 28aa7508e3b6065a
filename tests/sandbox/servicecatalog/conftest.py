"""A running emulator with the catalog in front, and a scene of a hub and a spoke account for every test."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from factory.sandbox.emulator import organizations
from factory.sandbox.servicecatalog.core import ServiceCatalog
from factory.sandbox.servicecatalog.endpoint import Endpoint, account_credentials
from factory.sandbox.servicecatalog.request import Delays
from factory.sandbox.servicecatalog.wire import application
from factory.sandbox.stack_sets.service import StackSets

REGION = "us-east-1"
DEADLINE_SECONDS = 30.0
PAUSE_SECONDS = 0.02
DELAYS = Delays(version_seconds=0.0, constraint_seconds=0.0, share_seconds=0.0, poll_seconds=PAUSE_SECONDS)

TEMPLATE: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {
        "Size": {
            "Type": "String",
            "Default": "small",
            "AllowedValues": ["small", "large"],
            "Description": "How large",
        },
        "Name": {"Type": "String", "Default": "topic"},
    },
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Name"}}}},
    "Outputs": {"TopicArn": {"Value": {"Ref": "Topic"}, "Description": "The topic"}},
}
NO_ROLE = {
    "Type": "AWS::IAM::Policy",
    "DependsOn": "Topic",
    "Properties": {
        "PolicyName": "policy",
        "Roles": ["no-such-role"],
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
        },
    },
}
BROKEN: dict[str, Any] = {**TEMPLATE, "Resources": {**TEMPLATE["Resources"], "Failing": NO_ROLE}}


def trust(principal: Mapping[str, str]) -> dict[str, Any]:
    """A trust policy that lets somebody in."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


TRUST = trust({"Service": "servicecatalog.amazonaws.com"})


class Server:
    """The emulator and the catalog on a port of their own, in a thread."""

    def __init__(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        os.environ.update(GATEWAY_PORT=str(port), MINISTACK_HOST="localhost", LOG_LEVEL="ERROR")
        import ministack.app

        organizations.correct()
        self.url = f"http://127.0.0.1:{port}"
        self.core = ServiceCatalog(endpoint_url=self.url, delays=DELAYS, organization_of=organizations.tree_of)
        self.endpoint = Endpoint(self.url)
        self._session = boto3.session.Session()
        self._clients: dict[tuple[str, str, str, str | None], Any] = {}
        self._listener = listener
        stack_sets = StackSets(
            endpoint_url=self.url,
            identify=lambda key: (key, f"arn:aws:iam::{key}:root"),
            caller=lambda _: lambda: None,
            parse=json.loads,
            poll_seconds=PAUSE_SECONDS,
        )
        self._application = application(self.core, stack_sets.before(ministack.app.app))
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        from hypercorn.asyncio import serve
        from hypercorn.config import Config as Serving

        config = Serving()
        config.bind = [f"fd://{os.dup(self._listener.fileno())}"]
        config.loglevel = "ERROR"
        config.graceful_timeout = 0.1
        self._loop.run_until_complete(serve(self._application, config, shutdown_trigger=self._ended.wait))

    def client(self, service: str, access_key: str, region: str, token: str | None) -> Any:
        """A boto3 client, made once."""
        wanted = (service, access_key, region, token)
        if wanted not in self._clients:
            self._clients[wanted] = self._session.client(
                service,
                endpoint_url=self.url,
                region_name=region,
                aws_access_key_id=access_key,
                aws_secret_access_key="test",  # noqa: S106
                aws_session_token=token,
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
            )
        return self._clients[wanted]

    def stop(self) -> None:
        """Stop serving."""
        self.core.reset()
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(DEADLINE_SECONDS)
        self._listener.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The running server; its catalog has no delays."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _accounts() -> Iterator[str]:
    return (str(number) for number in itertools.count(700000000000))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A hub and a spoke account of one test, and what tests need in them again and again."""

    server: Server
    hub: str
    spoke: str

    def client(self, service: str, account: str, *, region: str = REGION, token: str | None = None) -> Any:
        """A boto3 client in the name of an access key, always the same one."""
        return self.server.client(service, account, region, token)

    @property
    def broken(self) -> dict[str, Any]:
        """The template with a second resource that cannot be made."""
        return BROKEN

    @property
    def sc(self) -> Any:
        """The hub's Service Catalog."""
        return self.client("servicecatalog", self.hub)

    @property
    def spoke_sc(self) -> Any:
        """The spoke's Service Catalog."""
        return self.client("servicecatalog", self.spoke)

    def put_template(self, template: Mapping[str, Any] | str = TEMPLATE, *, account: str | None = None) -> str:
        """Put a template into a bucket and give its URL."""
        account = account or self.hub
        s3 = self.client("s3", account)
        bucket = f"templates-{account}"
        s3.create_bucket(Bucket=bucket)
        body = template if isinstance(template, str) else json.dumps(template)
        key = f"t/{abs(hash(body))}.json"
        s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
        return f"https://{bucket}.s3.{REGION}.amazonaws.com/{key}"

    def portfolio(self, name: str = "Portfolio", **given: Any) -> str:
        """A portfolio of the hub, by its id."""
        created = self.sc.create_portfolio(DisplayName=name, ProviderName="Platform", **given)
        return str(created["PortfolioDetail"]["Id"])

    def version_properties(self, template: Mapping[str, Any] | str = TEMPLATE, name: str = "1.0.0") -> dict[str, Any]:
        """What a version is created from."""
        info = {"LoadTemplateFromURL": self.put_template(template)}
        return {"Name": name, "Info": info, "Type": "CLOUD_FORMATION_TEMPLATE"}

    def product(
        self, name: str = "topic", template: Mapping[str, Any] | str = TEMPLATE, **given: Any
    ) -> tuple[str, str]:
        """A product of the hub and its version, by their ids."""
        created = self.sc.create_product(
            Name=name,
            Owner="Platform",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters=self.version_properties(template),
            **given,
        )
        product_id = created["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        return product_id, created["ProvisioningArtifactDetail"]["Id"]

    def version(self, product_id: str, name: str, template: Mapping[str, Any] | str = TEMPLATE) -> str:
        """A further version of a product, by its id."""
        created = self.sc.create_provisioning_artifact(
            ProductId=product_id, Parameters=self.version_properties(template, name)
        )
        return str(created["ProvisioningArtifactDetail"]["Id"])

    def placed(
        self, name: str = "topic", template: Mapping[str, Any] | str = TEMPLATE, **given: Any
    ) -> tuple[str, str, str]:
        """A portfolio with a product in it: portfolio, product and version id."""
        portfolio_id = self.portfolio()
        product_id, version_id = self.product(name, template, **given)
        self.sc.associate_product_with_portfolio(ProductId=product_id, PortfolioId=portfolio_id)
        return portfolio_id, product_id, version_id

    def shared(self, portfolio_id: str) -> None:
        """Share a portfolio with the spoke, which accepts it."""
        self.sc.create_portfolio_share(PortfolioId=portfolio_id, AccountId=self.spoke)
        self.spoke_sc.accept_portfolio_share(PortfolioId=portfolio_id)

    def role(self, account: str, name: str, trust: Mapping[str, Any] = TRUST, *, path: str = "/") -> str:
        """A role, by its ARN."""
        created = self.client("iam", account).create_role(
            RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust)
        )
        return str(created["Role"]["Arn"])

    def as_role(self, service: str, role_arn: str, session: str = "someone") -> Any:
        """A client in the name of a session of a role."""
        account = role_arn.split(":")[4]
        given = self.client("sts", account).assume_role(RoleArn=role_arn, RoleSessionName=session)["Credentials"]
        return self.client(service, given["AccessKeyId"], token=given["SessionToken"])

    def constrain(self, portfolio_id: str, product_id: str, kind: str, parameters: Mapping[str, Any]) -> str:
        """A constraint, by its id."""
        created = self.sc.create_constraint(
            PortfolioId=portfolio_id, ProductId=product_id, Type=kind, Parameters=json.dumps(parameters)
        )
        return str(created["ConstraintDetail"]["ConstraintId"])

    def stack_set(self, portfolio_id: str, product_id: str, **given: Any) -> dict[str, Any]:
        """Let a product be launched as a stack set in hub and spoke and two regions; the constraint's properties."""
        admin = self.role(self.hub, "administrator", trust({"Service": "cloudformation.amazonaws.com"}))
        for account in (self.hub, self.spoke):
            self.role(account, "executor", trust({"AWS": admin}))
        properties = {
            "AccountList": [self.hub, self.spoke],
            "RegionList": ["eu-west-1", REGION],
            "AdminRole": admin,
            "ExecutionRole": "executor",
            **given,
        }
        self.constrain(portfolio_id, product_id, "STACKSET", {"Version": "2.0", "Properties": properties})
        return properties

    def instances(self, launched_id: str) -> dict[tuple[str, str], str]:
        """The status of a launch's stack instances, by account and region."""
        found = self.sc.list_stack_instances_for_provisioned_product(ProvisionedProductId=launched_id)["StackInstances"]
        return {(item["Account"], item["Region"]): item["StackInstanceStatus"] for item in found}

    def settled(self, record: Mapping[str, Any], client: Any = None) -> dict[str, Any]:
        """The answer of DescribeRecord once the request that RecordDetail is about has ended."""
        client = client or self.sc
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            described: dict[str, Any] = client.describe_record(Id=record["RecordDetail"]["RecordId"])
            if described["RecordDetail"]["Status"] in ("SUCCEEDED", "FAILED"):
                return described
            time.sleep(PAUSE_SECONDS)
        raise TimeoutError(described["RecordDetail"]["Status"])

    def launch(self, product_id: str, version_id: str, name: str, client: Any = None, **given: Any) -> dict[str, Any]:
        """Launch and wait; the answer of DescribeRecord."""
        client = client or self.sc
        record = client.provision_product(
            ProductId=product_id, ProvisioningArtifactId=version_id, ProvisionedProductName=name, **given
        )
        return self.settled(record, client)

    def refused(self, code: str, call: Callable[..., Any], **given: Any) -> str:
        """The message of a call that must be refused with that code and HTTP status 400."""
        with pytest.raises(ClientError) as error:
            call(**given)
        response = error.value.response
        assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, 400)
        return str(response["Error"]["Message"])

    def core(self, clock: Callable[[], float], delays: Delays | None = None) -> ServiceCatalog:
        """A catalog of its own at the same emulator, with another clock."""
        return ServiceCatalog(
            endpoint_url=self.server.url,
            clock=clock,
            delays=delays or Delays(),
            organization_of=organizations.tree_of,
        )

    def offered_by(self, core: ServiceCatalog) -> tuple[Callable[..., Any], dict[str, str]]:
        """A catalog of its own as the hub asks it, and the ids of a product that it offers and of its version."""
        caller = core.caller(self.hub, REGION)

        def ask(operation: str, **given: Any) -> Any:
            return core.handle(operation, given, caller)

        token = {"IdempotencyToken": "offered"}
        made = ask(
            "CreateProduct",
            Name="topic",
            Owner="Platform",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters=self.version_properties(),
            **token,
        )
        portfolio = ask("CreatePortfolio", DisplayName="Portfolio", ProviderName="Platform", **token)
        product = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        ask("AssociateProductWithPortfolio", ProductId=product, PortfolioId=portfolio["PortfolioDetail"]["Id"])
        return ask, {"ProductId": product, "ProvisioningArtifactId": made["ProvisioningArtifactDetail"]["Id"]}

    @property
    def endpoint(self) -> Endpoint:
        """The emulator as the catalog sees it."""
        return self.server.endpoint


@pytest.fixture
def scene(server: Server, _accounts: Iterator[str]) -> Scene:
    """Two accounts in which nothing is yet."""
    return Scene(server=server, hub=next(_accounts), spoke=next(_accounts))


@pytest.fixture
def hub_credentials(scene: Scene) -> Any:
    """The hub's administrator, as the catalog asks the emulator."""
    return account_credentials(scene.hub)
