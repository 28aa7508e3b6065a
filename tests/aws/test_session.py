"""Credentials, retries and the count of calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from factory.aws.errors import translated
from factory.aws.session import Accounts
from factory.catalog.environments import DUTY, Access, Duty
from factory.catalog.model import EnvironmentName
from factory.errors import CatalogError
from factory.sandbox.state import Sandbox
from tests.aws.conftest import HOME, World

DEV = EnvironmentName("dev")


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, world: World) -> World:
    """A world whose accounts are reached by the ordinary credential chain, which gives the hub's credentials."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", world.hub.account)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return world


def identity(client: Any) -> tuple[str, str]:
    answer = client.get_caller_identity()
    return answer["Account"], answer["Arn"]


def test_each_account_has_its_own_clients(world: World) -> None:
    accounts = world.accounts()

    assert identity(accounts.in_hub("sts", HOME))[0] == world.hub.account
    assert identity(accounts.in_environment("sts", DEV, HOME))[0] == world.dev.account
    assert accounts.in_hub("sts", HOME) is accounts.in_hub("sts", HOME)


def test_the_users_profile_has_no_part_in_a_sandbox(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody-has-this-profile")

    assert identity(world.accounts().in_hub("sts", HOME))[0] == world.hub.account


def test_calls_are_counted_by_operation(world: World) -> None:
    accounts = world.accounts()
    accounts.in_hub("servicecatalog", HOME).list_portfolios()
    accounts.in_hub("servicecatalog", HOME).list_portfolios()
    accounts.in_environment("s3", DEV, HOME).list_buckets()

    assert accounts.calls == {"servicecatalog:ListPortfolios": 2, "s3:ListBuckets": 1}


@pytest.fixture
def deployer(chain: World) -> World:
    """The same, with a role in dev that trusts the hub under an external id."""
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{chain.hub.account}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "agreed"}},
    }
    chain.accounts().in_environment("iam", DEV, HOME).create_role(
        RoleName="deployer", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    access = Access(role_arn=f"arn:aws:iam::{chain.dev.account}:role/deployer", external_id="agreed")
    return replace(chain, dev=replace(chain.dev, access=access))


def test_a_role_is_assumed_from_the_chain(deployer: World) -> None:
    account, arn = identity(Accounts(deployer.hub, [deployer.dev]).in_environment("sts", DEV, HOME))

    assert account == deployer.dev.account
    assert arn.endswith("assumed-role/deployer/factory")


def test_a_role_that_does_not_trust_is_explained(deployer: World) -> None:
    dev = replace(deployer.dev, access=replace(deployer.dev.access, external_id="mistaken"))

    with pytest.raises(CatalogError, match="credentials for dev") as error:
        Accounts(deployer.hub, [dev]).in_environment("sts", DEV, HOME)

    assert "external-id" in str(error.value.hint)


@pytest.fixture
def roles(chain: World) -> World:
    """The same, with roles of the factory in both accounts: those of dev trust their namesakes in the hub alone."""
    hub, dev = chain.hub.account, chain.dev.account
    for iam, trusted in (
        (chain.accounts().in_hub("iam", HOME), {}),
        (chain.accounts().in_environment("iam", DEV, HOME), {"ArnLike": {"aws:PrincipalArn": "{0}:role/factory-{1}"}}),
    ):
        for name in ("launcher", "publisher", "reader"):
            condition = {} if name == "launcher" else trusted
            text = json.dumps(condition).replace("{0}", f"arn:aws:iam::{hub}").replace("{1}", name)
            trust = {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{hub}:root"},
                "Action": "sts:AssumeRole",
                "Condition": json.loads(text),
            }
            iam.create_role(RoleName=f"factory-{name}", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
            go = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{dev}:role/factory-{name}"}
            iam.put_role_policy(
                RoleName=f"factory-{name}", PolicyName="go", PolicyDocument=json.dumps({"Statement": [go]})
            )

    def access(account: str) -> Access:
        return Access(role_arn=f"arn:aws:iam::{account}:role/factory-{DUTY}")

    return replace(chain, hub=replace(chain.hub, access=access(hub)), dev=replace(chain.dev, access=access(dev)))


@pytest.mark.parametrize("duty", Duty)
def test_what_a_command_works_as_decides_on_the_role(roles: World, duty: Duty) -> None:
    accounts = Accounts(roles.hub, [roles.dev], duty=duty)

    in_hub = Duty.READER if duty is Duty.LAUNCHER else duty
    assert identity(accounts.in_hub("sts", HOME))[1].endswith(f"assumed-role/factory-{in_hub}/factory")
    assert identity(accounts.in_environment("sts", DEV, HOME))[1].endswith(f"assumed-role/factory-{duty}/factory")


def test_a_role_that_is_yet_to_be_made_is_explained(chain: World) -> None:
    hub = replace(chain.hub, access=Access(role_arn=f"arn:aws:iam::{chain.hub.account}:role/factory-{DUTY}"))

    with pytest.raises(CatalogError, match="credentials for hub") as error:
        Accounts(hub, [], duty=Duty.READER).in_hub("sts", HOME)

    assert "factory bootstrap --role NAME" in str(error.value.hint)


def test_credentials_that_are_the_role_already_are_used_as_they_are(
    roles: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role does not trust itself; a pipeline may begin with it."""
    sts = roles.accounts().in_hub("sts", HOME)
    role = f"arn:aws:iam::{roles.hub.account}:role/factory-publisher"
    given = sts.assume_role(RoleArn=role, RoleSessionName="pipeline")["Credentials"]
    for name, key in (
        ("ACCESS_KEY_ID", "AccessKeyId"),
        ("SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("SESSION_TOKEN", "SessionToken"),
    ):
        monkeypatch.setenv(f"AWS_{name}", given[key])
    accounts = Accounts(roles.hub, [roles.dev], duty=Duty.PUBLISHER)

    assert identity(accounts.in_hub("sts", HOME))[1].endswith("assumed-role/factory-publisher/pipeline")
    assert identity(accounts.in_environment("sts", DEV, HOME))[1].endswith("assumed-role/factory-publisher/factory")


def test_credentials_of_another_account_are_refused(chain: World) -> None:
    accounts = Accounts(chain.hub, [chain.dev])

    with pytest.raises(
        CatalogError, match=f"belong to account {chain.hub.account}, not to {chain.dev.account}"
    ) as error:
        accounts.in_environment("s3", DEV, HOME)

    assert error.value.code == "WrongAccount"


@pytest.mark.parametrize(
    ("access", "code", "hint"),
    [(Access(), "NoCredentialsError", "--sandbox"), (Access(profile="nobody"), "ProfileNotFound", "~/.aws/config")],
    ids=["no credentials", "unknown profile"],
)
def test_missing_credentials_are_explained(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, access: Access, code: str, hint: str
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))

    with pytest.raises(CatalogError) as error:
        Accounts(replace(world.hub, access=access), []).in_hub("s3", HOME)

    assert (error.value.code, hint in str(error.value.hint)) == (code, True)


@pytest.mark.parametrize(
    ("code", "requests"),
    [("LimitExceededException", 1), ("ThrottlingException", 8)],
    ids=["a quota is final", "throttling passes"],
)
def test_what_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch, code: str, requests: int) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    accounts = world.accounts()
    client = accounts.in_hub("servicecatalog", HOME)
    client.meta.events.register_first("before-send.servicecatalog", _refusing(code))

    with pytest.raises(ClientError, match=code):
        client.list_portfolios()

    assert accounts.calls["servicecatalog:ListPortfolios"] == requests


def test_the_tool_names_itself(world: World) -> None:
    agents: list[str] = []
    client = world.accounts().in_hub("servicecatalog", HOME)
    client.meta.events.register("before-send", lambda request, **_: agents.append(str(request.headers["User-Agent"])))
    with translated("test"):
        client.list_portfolios()

    assert "product-factory/" in agents[0]


def _refusing(code: str) -> Callable[..., AWSResponse]:
    """Answers every request with an error, without sending it."""

    class Body:
        def stream(self) -> Any:
            yield json.dumps({"__type": code, "message": "refused"}).encode()

    def answer(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 400, {"x-amzn-errortype": code}, Body())

    return answer
