"""The pipeline that the hub has in environments.yaml, and what can be wrong with it."""

from __future__ import annotations

import pytest

from factory.catalog.pipeline import Pipeline

from .conftest import Project

HUB = '  account: "111111111111"\n'
CONNECTION = "arn:aws:codeconnections:us-east-1:111111111111:connection/1a2b3c4d"
LEAST = {"connection": f'"{CONNECTION}"', "repository": "acme/catalog"}


def declare(project: Project, **fields: str) -> None:
    for account in ("111111111111", "222222222222", "333333333333"):
        line = f'account: "{account}"'
        access = f'access: {{role: "arn:aws:iam::{account}:role/factory-{{duty}}"}}'
        indent = "  " if account == "111111111111" else "    "
        project.change("environments", line, f"{line}\n{indent}{access}")
    lines = [f"    {key.replace('_', '-')}: {value}\n" for key, value in fields.items()]
    project.change("environments", HUB, HUB + "  pipeline:\n" + "".join(lines))


def test_there_is_none_unless_asked_for(project: Project) -> None:
    assert project.load().hub.pipeline is None


def test_the_least(project: Project) -> None:
    declare(project, **LEAST)
    assert project.load().hub.pipeline == Pipeline(connection=CONNECTION, repository="acme/catalog", branch="main")


def test_in_full(project: Project) -> None:
    more = {"branch": "release/next", "paths": "[products/**]", "pull_requests": "true", "notify": "[a@example.com]"}
    declare(
        project,
        connection=f"{CONNECTION}".replace("codeconnections", "codestar-connections"),
        repository="a/b/c",
        **more,
    )
    assert project.load().hub.pipeline == Pipeline(
        connection=CONNECTION.replace("codeconnections", "codestar-connections"),
        repository="a/b/c",
        branch="release/next",
        paths=("products/**",),
        pull_requests=True,
        notify=("a@example.com",),
    )


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("connection", "arn:aws:iam::111111111111:role/x", "is not the ARN of a connection"),
        (
            "connection",
            CONNECTION.replace("111111111111", "222222222222"),
            "hub.pipeline.connection belongs to account 222222222222, not to the hub",
        ),
        ("repository", "catalog", "hub.pipeline.repository: 'catalog' is not a full name such as acme/catalog"),
        ("branch", '"release/*"', "is not the name of a branch"),
        ("paths", "[]", "hub.pipeline.paths names no file"),
        ("paths", "[a, b, c, d, e, f, g, h, i]", "hub.pipeline.paths has 9 patterns, and CodePipeline takes 8"),
        ("pull_requests", "maybe", "hub.pipeline.pull-requests: 'maybe' is unknown"),
        ("notify", "[somebody]", "hub.pipeline.notify[1]: 'somebody' is not an e-mail address"),
        ("repo", "acme/catalog", "hub.pipeline.repo is unknown"),
    ],
)
def test_what_can_be_wrong(field: str, value: str, problem: str, project: Project) -> None:
    declare(project, **{**LEAST, field: value})
    (found,) = project.problems()
    assert problem in found


def test_what_is_missing(project: Project) -> None:
    declare(project, branch="main")
    assert project.problems() == [
        "environments.yaml:3: hub.pipeline.connection is missing",
        "environments.yaml:3: hub.pipeline.repository is missing",
    ]


def test_each_account_is_reached_by_a_role_for_what_a_build_works_as(project: Project) -> None:
    declare(project, **LEAST)
    project.change("environments", '  access: {role: "arn:aws:iam::111111111111:role/factory-{duty}"}\n', "")
    project.change("environments", "222222222222:role/factory-{duty}", "222222222222:role/factory-launcher")
    needed = 'needs `access: {role: "arn:aws:iam::ACCOUNT:role/factory-{duty}"}`, as hub.pipeline asks for a pipeline'
    assert project.problems() == [
        f"environments.yaml:1: hub {needed}".replace("ACCOUNT", "111111111111"),
        f"environments.yaml:7: environments.dev {needed}".replace("ACCOUNT", "222222222222"),
    ]
