"""The hub and the environments as environments.yaml names them, and what can be wrong with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from factory.authoring.product import ENVIRONMENTS
from factory.catalog.environments import Access, AccessFrom, Duty, Environment, EnvironmentClass, Federation, Hub
from factory.catalog.model import AccountId, EnvironmentName, Place, Region

from .conftest import Project

OneProblem = Callable[[str, str, str], str]

HUB = '  account: "111111111111"\n'
PROVIDER = "provider: 'https://token.actions.githubusercontent.com'"
DEV = 'account: "222222222222"\n    regions: [us-east-1]'


def test_the_least_that_an_environment_needs(project: Project) -> None:
    assert project.load().environment("prod") == Environment(
        name=EnvironmentName("prod"),
        account=AccountId("333333333333"),
        sizing=EnvironmentClass.PROD,
        regions=(Region("us-east-1"), Region("eu-west-1")),
        access=Access(),
        instance="main",
        parameters=(),
    )


def test_an_environment_in_full(project: Project) -> None:
    project.append(
        "environments",
        """\
  dev-eu:
    account: "222222222222"
    class: dev
    regions: [eu-west-1]
    instance: eu
    organizational-unit: ou-ab12-1a2b3c4d
    access: {role: "arn:aws:iam::222222222222:role/publisher", external-id: factory}
    parameters: {Project: shop, Zones: 3, Public: true}
""",
    )
    environment = project.load().environment("dev-eu")
    assert environment == Environment(
        name=EnvironmentName("dev-eu"),
        account=AccountId("222222222222"),
        sizing=EnvironmentClass.DEV,
        regions=(Region("eu-west-1"),),
        access=Access(role_arn="arn:aws:iam::222222222222:role/publisher", external_id="factory"),
        organizational_unit="ou-ab12-1a2b3c4d",
        instance="eu",
        parameters=(("Project", "shop"), ("Public", "true"), ("Zones", "3")),
    )
    assert environment.places == (Place(environment=environment.name, region=Region("eu-west-1")),)


def test_the_hub_in_full(project: Project) -> None:
    project.change(
        "environments",
        '  account: "111111111111"\n',
        '  account: "111111111111"\n  access: {profile: hub}\n  organization: o-a1b2c3d4e5\n',
    )
    assert project.load().hub == Hub(
        account=AccountId("111111111111"), access=Access(profile="hub"), organization="o-a1b2c3d4e5"
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"222222222222"',
            "022222222222",
            'environments.yaml:5: environments.dev.account must be quoted, "022222222222": '
            "YAML takes it for a number, and a number has no leading zeros",
        ),
        (
            '"222222222222"',
            '"22"',
            "environments.yaml:5: environments.dev.account: '22' is not an account id of 12 digits",
        ),
        ('  account: "111111111111"\n', "  {}\n", "environments.yaml:1: hub.account is missing"),
        (
            '\n  account: "111111111111"\n',
            " the-hub\n",
            "environments.yaml:1: hub must be a mapping, not the text 'the-hub'",
        ),
        ("    regions: [us-east-1]\n", "", "environments.yaml:4: environments.dev.regions is missing"),
        ("regions: [us-east-1]\n", "regions: []\n", "environments.yaml:6: environments.dev.regions names no region"),
        (
            "regions: [us-east-1]\n",
            "regions: us-east-1\n",
            "environments.yaml:6: environments.dev.regions must be a list, not the text 'us-east-1'",
        ),
        (
            "regions: [us-east-1]\n",
            "regions: [us-east]\n",
            "environments.yaml:6: environments.dev.regions[1]: 'us-east' is not a region such as us-east-1",
        ),
        (
            "regions: [us-east-1, eu-west-1]",
            "regions: [eu-west-1, eu-west-1]",
            "environments.yaml:9: environments.prod.regions[2] names eu-west-1 a second time",
        ),
        (
            DEV,
            f"{DEV}\n    organizational-unit: workloads",
            "environments.yaml:7: environments.dev.organizational-unit: 'workloads' is not an organizational unit id "
            "such as ou-ab12-1a2b3c4d",
        ),
        (
            DEV,
            f"{DEV}\n    clas: dev",
            "environments.yaml:7: environments.dev.clas is unknown; did you mean class?",
        ),
        (
            DEV,
            f"{DEV}\n    class: production",
            "environments.yaml:7: environments.dev.class: 'production' is unknown; "
            "there is dev, dr, prod, qa, staging, test",
        ),
        (
            DEV,
            f"{DEV}\n    instance: Main",
            "environments.yaml:7: environments.dev.instance: 'Main' is not a name of lower-case letters, digits "
            "and single hyphens that begins with a letter",
        ),
        (
            DEV,
            f"{DEV}\n    parameters: {{Public: yes}}",
            'environments.yaml:7: environments.dev.parameters.Public must be quoted, "yes": '
            "YAML reads yes as true or false",
        ),
        (
            DEV,
            f"{DEV}\n    parameters: {{Owner: }}",
            "environments.yaml:7: environments.dev.parameters.Owner is empty",
        ),
        (
            DEV,
            f"{DEV}\n    access: {{profile: a, role: 'arn:aws:iam::222222222222:role/b'}}",
            "environments.yaml:7: environments.dev.access names a profile and a role: one of them is the way in",
        ),
        (
            DEV,
            f"{DEV}\n    access: {{external-id: a}}",
            "environments.yaml:7: environments.dev.access.external-id goes with a role only",
        ),
        (
            DEV,
            f"{DEV}\n    access: {{role: 'arn:aws:iam::333333333333:role/b'}}",
            "environments.yaml:7: environments.dev.access.role belongs to account 333333333333, not to 222222222222",
        ),
        (
            DEV,
            f"{DEV}\n    access: {{role: publisher}}",
            "environments.yaml:7: environments.dev.access.role: 'publisher' is not the ARN of a role",
        ),
        (
            DEV,
            f"{DEV}\n    access: {{role: 'arn:aws:iam::222222222222:role/factory-{{task}}'}}",
            "environments.yaml:7: environments.dev.access.role may hold {duty}, which stands for launcher, publisher, "
            "reader, and no other braces",
        ),
        (
            HUB,
            f"{HUB}  access-from: {{publisher: [platform]}}\n",
            "environments.yaml:3: hub.access-from.publisher[1]: 'platform' is not a role of the hub such as "
            "role/platform-*",
        ),
        (
            HUB,
            f"{HUB}  access-from: {{reader: ['role/*']}}\n",
            "environments.yaml:3: hub.access-from.reader[1]: 'role/*' is not a role of the hub such as role/platform-*",
        ),
        (
            HUB,
            f"{HUB}  access-from: {{oidc: {{publisher: ['repo:acme/catalog:ref:refs/heads/main']}}}}\n",
            "environments.yaml:3: hub.access-from.oidc.provider is missing",
        ),
        (
            HUB,
            f"{HUB}  access-from: {{oidc: {{{PROVIDER}}}}}\n",
            "environments.yaml:3: hub.access-from.oidc lets nobody in: give subjects for publisher or reader",
        ),
        (
            HUB,
            f"{HUB}  access-from: {{oidc: {{{PROVIDER}, publisher: ['repo:acme/catalog:*']}}}}\n",
            "environments.yaml:3: hub.access-from.oidc.publisher[1]: 'repo:acme/catalog:*' is not one subject, without "
            "* or ?, such as repo:acme/catalog:ref:refs/heads/main: it may publish",
        ),
        (
            HUB,
            f"{HUB}  access-from: {{oidc: {{{PROVIDER}, publisher: ['repo:acme/catalog:pull_request']}}}}\n",
            "environments.yaml:3: hub.access-from.oidc.publisher[1] lets everybody publish who may open a pull "
            "request: that is a subject for reader",
        ),
        (
            HUB,
            f"{HUB}  access-from: {{oidc: {{{PROVIDER}, reader: ['repo:*:pull_request']}}}}\n",
            "environments.yaml:3: hub.access-from.oidc.reader[1]: 'repo:*:pull_request' is not a subject such as "
            "repo:acme/catalog:pull_request",
        ),
        (
            HUB,
            f"{HUB}  launch-roles: sets\n",
            "environments.yaml:3: hub.launch-roles: 'sets' is unknown; did you mean stacks?",
        ),
    ],
)
def test_what_can_be_wrong(one_problem: OneProblem, old: str, new: str, problem: str) -> None:
    assert one_problem("environments", old, new) == problem


def test_who_may_take_on_the_hubs_roles(project: Project) -> None:
    subjects = "publisher: ['repo:acme/catalog:environment:prod'], reader: ['repo:acme/catalog:*']"
    oidc = f"oidc: {{{PROVIDER}, {subjects}}}"
    project.change(
        "environments", HUB, f"{HUB}  access-from: {{publisher: [role/release], reader: ['role/dev-*'], {oidc}}}\n"
    )
    assert project.load().hub.access_from == AccessFrom(
        publisher_roles=("role/release",),
        reader_roles=("role/dev-*",),
        federation=Federation(
            provider="token.actions.githubusercontent.com",
            audience="sts.amazonaws.com",
            publisher=("repo:acme/catalog:environment:prod",),
            reader=("repo:acme/catalog:*",),
        ),
    )


def test_a_role_may_depend_on_what_a_command_works_as(project: Project) -> None:
    role = "arn:aws:iam::222222222222:role/factory-{duty}"
    project.change("environments", DEV, f"{DEV}\n    access: {{role: '{role}'}}")
    access = project.load().environment("dev").access
    assert access.working_as(Duty.PUBLISHER) == Access(
        role_arn="arn:aws:iam::222222222222:role/factory-publisher", duty=Duty.PUBLISHER
    )


def test_a_stack_set_of_launch_roles_needs_units(project: Project) -> None:
    project.change("environments", HUB, f"{HUB}  launch-roles: stack-set\n")
    assert project.problems() == [
        f"environments.yaml:{line}: environments.{name} needs an organizational-unit, as hub.launch-roles asks for a "
        "stack set"
        for line, name in ((5, "dev"), (8, "prod"))
    ]


def test_a_name_that_is_no_class_needs_one(project: Project) -> None:
    project.append("environments", '  sandbox:\n    account: "444444444444"\n    regions: [us-east-1]\n')
    assert project.problems() == [
        "environments.yaml:10: environments.sandbox.class is missing, and the name sandbox is no class: "
        "choose one of dev, test, qa, staging, prod, dr"
    ]


def test_two_environments_of_one_account_need_different_instances(project: Project) -> None:
    project.append("environments", '  test:\n    account: "222222222222"\n    regions: [us-east-1]\n')
    assert project.problems() == [
        "environments.yaml:10: environments.test shares account 222222222222 with dev: give one of them an `instance` "
        "other than main, so that their contract values do not overwrite each other"
    ]


def test_an_environment_may_live_in_the_hub(project: Project) -> None:
    project.change("environments", '"222222222222"', '"111111111111"')
    assert project.load().environment("dev").account == project.load().hub.account


def test_a_file_without_environments(project: Project) -> None:
    project.write("environments", 'hub: {account: "111111111111"}\nenvironments: {}\n')
    assert project.problems()[0] == "environments.yaml:2: environments names no environment"


def test_an_empty_file(project: Project) -> None:
    project.write("environments", "")
    assert project.problems()[:2] == [
        "environments.yaml:1: hub is missing",
        "environments.yaml:1: environments is missing",
    ]


def test_classes_are_those_of_the_templates() -> None:
    assert tuple(EnvironmentClass) == ENVIRONMENTS


@pytest.mark.parametrize(
    ("account", "unit", "problem"),
    [
        ("222222222222", "ou-ab12-other000", "puts account 222222222222 into ou-ab12-other000, but another"),
        ("444444444444", "ou-cd34-1a2b3c4d", "is in ou-cd34-1a2b3c4d, which is not of the root r-ab12 of the other"),
    ],
)
def test_units_that_cannot_be(project: Project, account: str, unit: str, problem: str) -> None:
    project.change("environments", DEV, f"{DEV}\n    organizational-unit: ou-ab12-1a2b3c4d")
    place = f'account: "{account}", regions: [us-east-1], class: dev, instance: other'
    project.append("environments", f"  other: {{{place}, organizational-unit: {unit}}}\n")
    (found,) = project.problems()
    assert f"environments.other {problem}" in found


def test_a_portfolio_is_shared_in_the_hubs_organization_alone(project: Project) -> None:
    project.append("platform", "share: {organization: o-a1b2c3d4e5}\n")
    assert project.load().hub.organization is None
    project.change(
        "environments",
        '  account: "111111111111"\n',
        '  account: "111111111111"\n  organization: o-zzzzzzzzzz\n',
    )
    assert project.problems() == [
        "platform.yaml:7: share.organization is o-a1b2c3d4e5, but portfolios/environments.yaml says that the hub is in "
        "o-zzzzzzzzzz"
    ]
