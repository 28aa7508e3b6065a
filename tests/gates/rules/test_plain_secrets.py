"""House rule E9601: secrets are no environment variables."""

from __future__ import annotations

from typing import Any

import pytest

from factory.gates.secrets import is_secret_name
from tests.gates.rules.asking import IF_WANTED, ask, resource
from tests.gates.rules.documents import asked

ARN = "arn:aws:secretsmanager:eu-west-1:1:secret:x"


def task(*variables: Any, **more: Any) -> dict[str, Any]:
    container = {"Name": "app", "Environment": list(variables), **more}
    return resource("AWS::ECS::TaskDefinition", ContainerDefinitions=[container])


def variable(name: Any, value: Any) -> dict[str, Any]:
    return {"Name": name, "Value": value}


def function(**variables: Any) -> dict[str, Any]:
    return resource("AWS::Lambda::Function", Environment={"Variables": variables})


@pytest.mark.parametrize(
    "name", ["PASSWORD", "dbPassword", "API_KEY", "apiKey", "AWS_ACCESS_KEY_ID", "TOKEN2", "Client-Secret"]
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["SECRET_ARN", "TOKEN_URL", "PasswordLength", "KEYWORDS", "MAX_TOKEN_COUNT", "PORT", "KeyArn"]
)
def test_names_of_what_is_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "good",
    [
        task(variable("PORT", "3000"), variable("DB_PASSWORD_ARN", ARN)),
        task(Secrets=[{"Name": "DB_PASSWORD", "ValueFrom": ARN}]),
        task(variable("DB_PASSWORD", "{{resolve:secretsmanager:orders:SecretString:password}}")),
        task(variable("DB_SECRET", {"Ref": "Secret"})),
        task(variable("DB_SECRET", {"Ref": "SecretArn"})),
        function(WEBHOOK_SECRET_ARN={"Ref": "SecretArn"}),
        resource(
            "AWS::CodeBuild::Project",
            Environment={
                "EnvironmentVariables": [{"Name": "TOKEN", "Type": "SECRETS_MANAGER", "Value": "orders:token"}]
            },
        ),
    ],
)
def test_references_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9601", good, **asked(SecretArn=r"arn:aws:secretsmanager:\S+")) == []


@pytest.mark.parametrize(
    "bad",
    [
        task(variable("DB_PASSWORD", "hunter2")),
        task(variable("DB_PASSWORD", {"Ref": "Typed"})),
        task(variable("DB_PASSWORD", {"Fn::Sub": "x-${Typed}"})),
        task(variable("DB_PASSWORD", {"Fn::Join": ["", ["hun", "ter2"]]})),
        task({"Fn::If": ["IsWanted", variable("API_KEY", "abc"), {"Ref": "AWS::NoValue"}]}),
        task(variable({"Fn::Sub": "API_TOKEN"}, "abc")),
        task(variable("DB_PASSWORD", "{{resolve:ssm:/orders/password}}")),
        function(ClientSecret="abc"),
        function(Settings="x", TOKEN={"Fn::If": ["IsWanted", "abc", {"Ref": "Secret"}]}),
        resource("AWS::CodeBuild::Project", Environment={"EnvironmentVariables": [variable("GITHUB_TOKEN", "abc")]}),
        resource("AWS::CodePipeline::Pipeline", Stages=[{"Actions": [{"Configuration": {"OAuthToken": "abc"}}]}]),
    ],
)
def test_a_secret_is_found(bad: dict[str, Any]) -> None:
    parameters = {**IF_WANTED["Parameters"], **asked(Typed="")["Parameters"]}
    (found,) = ask("E9601", bad, **{**IF_WANTED, "Parameters": parameters})
    assert "may hold a secret" in found


@pytest.mark.parametrize(
    ("pattern", "findings"),
    [(r"([A-Z_]+=[^=]*)?", 1), ("", 1), (r"(?i)((?!\w*(password|secret|token|key|key_id)=)[A-Z_]+=[^=]*)?", 0)],
)
def test_a_variable_that_is_asked_for_is_no_secret(pattern: str, findings: int) -> None:
    pair = {"Fn::Split": ["=", {"Ref": "Pair"}]}
    given = task(variable({"Fn::Select": [0, pair]}, {"Fn::Select": [1, pair]}))
    assert len(ask("E9601", given, **asked(Pair=pattern))) == findings
