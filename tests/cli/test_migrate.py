"""`factory migrate`: the launch, what has to be looked up, and input that is refused."""

from __future__ import annotations

import pytest

from tests.command import Command

MANIFEST = """
name: api
type: Backend Service
image: {build: ./Dockerfile, port: 8080}
count: {range: 2-4, cooldown: {in: 30s}}
secrets:
  DB: {secretsmanager: '${COPILOT_APPLICATION_NAME}/${COPILOT_ENVIRONMENT_NAME}/mysql'}
environments:
  prod: {count: 3}
"""


@pytest.fixture
def manifest(factory: Command) -> Command:
    """The command in a project with a manifest of Copilot's."""
    (factory.directory / "manifest.yml").write_text(MANIFEST)
    return factory


def test_a_launch_for_a_system(manifest: Command) -> None:
    done = manifest("migrate", "manifest.yml", "-v", "COPILOT_APPLICATION_NAME=shop")
    assert done.stdout == (
        "# from manifest.yml, a Backend Service of AWS Copilot\n"
        "launches:\n"
        "  api:\n"
        "    product: microservice-internal\n"
        "    parameters:\n"
        "      ServiceName: api\n"
        "      Port: '8080'\n"
        "      Tasks: 2-4\n"
        "    environments:\n"
        "      prod:\n"
        "        Tasks: 3-3\n"
    )
    first, second, *others = done.stderr.splitlines()
    assert first == "look up Secrets: DB=ARN of the secret shop/${COPILOT_ENVIRONMENT_NAME}/mysql"
    assert second == "look up Secrets: DB=ARN of the secret shop/prod/mysql"
    assert [line.split(":")[0] for line in others] == ["count.cooldown", "image.build"]


def test_the_command_for_an_environment(manifest: Command) -> None:
    done = manifest("migrate", "manifest.yml", "-e", "prod")
    expected = "factory launch microservice-internal -e prod --name api -p ServiceName=api -p Port=8080 -p Tasks=3-3\n"
    assert done.stdout == expected


def test_what_is_printed_is_what_is_meant(factory: Command) -> None:
    """Between colons, a word may be the name of a picture."""
    arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"
    manifest = f"name: api\ntype: Backend Service\nsecrets: {{DB: {{secretsmanager: '{arn}'}}}}\n"
    (factory.directory / "manifest.yml").write_text(manifest)
    assert f"-p Secrets=DB={arn}\n" in factory("migrate", "manifest.yml", "-e", "prod").stdout


def test_a_document(manifest: Command) -> None:
    document = manifest.json("migrate", "manifest.yml")
    assert (document["name"], document["product"]) == ("api", "microservice-internal")
    common, prod = document["launches"]
    assert (common["environment"], prod["environment"]) == (None, "prod")
    assert prod["parameters"] == {"ServiceName": "api", "Port": "8080", "Tasks": "3-3"}
    assert [item["parameter"] for item in prod["look-up"]] == ["Secrets"]
    assert {"field": "image.build", "verdict": "better"}.items() <= prod["remarks"][0].items()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("name: api\n", 2, "it has no type, which must be one of Backend Service, "),
        ("type: Static Site\n", 2, "its type Static Site is not one of Backend Service, "),
        ("- api\n", 1, "it is no mapping of fields"),
        ("type: @daily\n", 1, "manifest.yml:1: cannot be read"),
    ],
)
def test_other_files_are_refused(factory: Command, text: str, code: int, said: str) -> None:
    (factory.directory / "manifest.yml").write_text(text)
    refused = factory("migrate", "manifest.yml", code=code)
    assert (refused.stdout, said in refused.stderr) == ("", True), refused.stderr
