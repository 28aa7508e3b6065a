"""Reads `portfolios/environments.yaml`: the hub, the environments, and how to reach their accounts."""

from __future__ import annotations

from collections.abc import Iterator

from factory.catalog.environments import (
    DUTY,
    Access,
    AccessFrom,
    Duty,
    Environment,
    EnvironmentClass,
    Federation,
    Hub,
    LaunchRolesBy,
)
from factory.catalog.manifest.fields import Field, Form, at_most
from factory.catalog.manifest.forms import NAME, ORGANIZATION, REGION, ROLE_ARN, UNIT, account_id, launch_parameters
from factory.catalog.manifest.pipeline import pipeline
from factory.catalog.model import AccountId, EnvironmentName, Region

_OWN_ROLE = Form(r"role/[\w+=,.@/*-]*[\w+=,.@/-][\w+=,.@/*-]*", "a role of the hub such as role/platform-*")
_PROVIDER = Form(r"https://[a-z0-9.-]+(/[\w./-]*[\w-])?", "the https URL of an identity provider")
_AUDIENCE = Form(r"[^\s*?]{1,255}", "an audience such as sts.amazonaws.com")
_EXACT_SUBJECT = Form(
    r"[^\s*?]{1,255}", "one subject, without * or ?, such as repo:acme/catalog:ref:refs/heads/main: it may publish"
)
# Who of a provider is meant has to stand before the first pattern.
_SUBJECT = Form(r"[^\s*?:]+:[^\s*?:]+:[^\s]{1,200}", "a subject such as repo:acme/catalog:pull_request")


def hub_and_environments(root: Field) -> tuple[Hub, tuple[Environment, ...]]:
    """The content of the file."""
    section = root.section(required=("hub", "environments"))
    environments: list[Environment] = []
    units: dict[AccountId, str] = {}
    taken: dict[tuple[AccountId, str], EnvironmentName] = {}
    for key, value in section["environments"].entries():
        environment = _environment(EnvironmentName(key.text(form=NAME)), value)
        environments.append(environment)
        other = taken.setdefault((environment.account, environment.instance), environment.name)
        if environment.account and other != environment.name:
            value.problem(
                f"shares account {environment.account} with {other}: give one of them an `instance` other than "
                f"{environment.instance}, so that their contract values do not overwrite each other"
            )
        if environment.organizational_unit:
            _check_unit(value, environment, units)
    if section["environments"] and not environments:
        section["environments"].problem("names no environment")
    hub = _hub(section["hub"])
    if hub.launch_roles is LaunchRolesBy.STACK_SET:
        for environment in environments:
            if environment.account != hub.account and not environment.organizational_unit:
                section["environments"].child(environment.name).problem(
                    "needs an organizational-unit, as hub.launch-roles asks for a stack set"
                )
    if hub.pipeline:
        _check_way_in(section["hub"], hub.account, hub.access)
        for environment in environments:
            _check_way_in(section["environments"].child(environment.name), environment.account, environment.access)
    return hub, tuple(environments)


def _hub(field: Field) -> Hub:
    section = field.section(
        *("access", "access-from", "launch-roles", "organization", "pipeline"), required=("account",)
    )
    account = account_id(section["account"])
    return Hub(
        account=account,
        access=_access(section["access"], account),
        organization=section["organization"].text(form=ORGANIZATION) or None,
        access_from=_access_from(section["access-from"]),
        launch_roles=LaunchRolesBy(section["launch-roles"].one_of(LaunchRolesBy, LaunchRolesBy.STACKS)),
        pipeline=pipeline(section["pipeline"], account),
    )


def _access_from(field: Field) -> AccessFrom:
    section = field.section("oidc", "publisher", "reader")
    return AccessFrom(
        publisher_roles=tuple(item.text(form=_OWN_ROLE) for item in section["publisher"].items()),
        reader_roles=tuple(item.text(form=_OWN_ROLE) for item in section["reader"].items()),
        federation=_federation(section["oidc"]) if section["oidc"] else None,
    )


def _federation(field: Field) -> Federation:
    section = field.section("audience", "publisher", "reader", required=("provider",))
    publisher, reader = section["publisher"], section["reader"]
    if not publisher and not reader:
        field.problem("lets nobody in: give subjects for publisher or reader")
    for item in publisher.items():
        if item.text().endswith(":pull_request"):
            item.problem("lets everybody publish who may open a pull request: that is a subject for reader")
    return Federation(
        provider=section["provider"].text(form=_PROVIDER).removeprefix("https://"),
        audience=section["audience"].text("sts.amazonaws.com", form=_AUDIENCE),
        publisher=tuple(item.text(form=_EXACT_SUBJECT) for item in publisher.items("subject")),
        reader=tuple(item.text(form=_SUBJECT) for item in reader.items("subject")),
    )


def _environment(name: EnvironmentName, field: Field) -> Environment:
    section = field.section(
        *("class", "instance", "access", "parameters", "organizational-unit"), required=("account", "regions")
    )
    account = account_id(section["account"])
    return Environment(
        name=name,
        account=account,
        sizing=_sizing(name, section["class"]),
        regions=tuple(_regions(section["regions"])),
        access=_access(section["access"], account),
        organizational_unit=section["organizational-unit"].text(form=UNIT) or None,
        instance=section["instance"].text("main", NAME),
        parameters=launch_parameters(section["parameters"]),
    )


def _check_unit(field: Field, environment: Environment, units: dict[AccountId, str]) -> None:
    """An account is in one unit, and an organization has one root, whose id is a part of its units' ids."""
    unit = str(environment.organizational_unit)
    here = units.setdefault(environment.account, unit)
    root = next(iter(units.values())).split("-")[1]
    if here != unit:
        field.problem(f"puts account {environment.account} into {unit}, but another environment into {here}")
    elif unit.split("-")[1] != root:
        field.problem(f"is in {unit}, which is not of the root r-{root} of the other environments' units")


def _check_way_in(field: Field, account: AccountId, access: Access) -> None:
    """The pipeline plans as the reader and publishes as the publisher, which one manifest has to lead to."""
    if account and DUTY not in (access.role_arn or ""):
        role = f"arn:aws:iam::{account}:role/factory-{DUTY}"
        field.problem(f'needs `access: {{role: "{role}"}}`, as hub.pipeline asks for a pipeline')


def _sizing(name: EnvironmentName, field: Field) -> EnvironmentClass:
    if field:
        return EnvironmentClass(field.one_of(EnvironmentClass, EnvironmentClass.DEV))
    try:
        return EnvironmentClass(name)
    except ValueError:
        field.problem(f"is missing, and the name {name} is no class: choose one of {', '.join(EnvironmentClass)}")
        return EnvironmentClass.DEV


def _regions(field: Field) -> Iterator[Region]:
    seen = set()
    for item in field.items("region"):
        region = Region(item.text(form=REGION))
        if region in seen:
            item.problem(f"names {region} a second time")
        seen.add(region)
        yield region


def _access(field: Field, account: AccountId) -> Access:
    section = field.section("profile", "role", "external-id")
    profile, role, external_id = section["profile"], section["role"], section["external-id"]
    if profile and role:
        field.problem("names a profile and a role: one of them is the way in")
    if external_id and not role:
        external_id.problem("goes with a role only")
    role_arn = role.text(form=ROLE_ARN)
    if role_arn and account and role_arn.split(":")[4] != account:
        role.problem(f"belongs to account {role_arn.split(':')[4]}, not to {account}")
    if "{" in role_arn.replace(DUTY, ""):
        role.problem(f"may hold {DUTY}, which stands for {', '.join(Duty)}, and no other braces")
    return Access(
        profile=profile.text(form=at_most(100)) or None,
        role_arn=role_arn or None,
        external_id=external_id.text(form=at_most(1224)) or None,
    )
