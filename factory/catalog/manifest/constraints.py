"""Reads what a portfolio file says on constraints: launch roles, tag updates, topics, rules and stack sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from factory.catalog.constraints import Constraint
from factory.catalog.constraints.launch import Launch
from factory.catalog.constraints.notification import Notification
from factory.catalog.constraints.resource_update import ResourceUpdate
from factory.catalog.constraints.stack_set import StackSet
from factory.catalog.constraints.template import Template
from factory.catalog.environments import SIZING_PARAMETER
from factory.catalog.manifest.fields import Field, Form
from factory.catalog.manifest.forms import PARAMETER, REGION, account_id
from factory.catalog.model import ProductName

KEYS = ("launch-role", "tag-updates", "notifications", "environment-class")
"""Keys of a portfolio that hold for all of its products, and that a product may override."""
NONE = "none"
"""In place of a launch role or of what tag updates are: no such constraint."""
PINNED, FREE = "pinned", "free"
"""Whether the parameter `Environment` of a launch must be the environment's class."""

_ROLE_NAME = Form(r"[\w+=,.@-]{1,64}", "a role name, without path, of at most 64 characters")
_ROLE_PATTERN = Form(r"([\w+=,.@-]|\{product\})+", "a role name, without path; {product} may stand for the product")
_TOPIC = Form(
    r"arn:aws[a-z-]*:sns:([a-z0-9-]+|\{region\}):(\d{12}|\{account\}):[\w-]{1,256}(\.fifo)?",
    "the ARN of a topic; {region} and {account} may stand for those of the environment",
)
_ADMIN_ROLE = Form(
    r"arn:aws[a-z-]*:iam::(\d{12}|\{account\}):role/[\w+=,.@/-]+",
    "the ARN of a role; {account} may stand for that of the environment",
)
_MAXIMUM_TOPICS = 5
_MAXIMUM_CONSTRAINTS = 100


@dataclass(frozen=True, slots=True)
class _Settings:
    launch_role: str = "factory-launch-{product}"
    tag_updates: str = "allowed"
    topics: tuple[str, ...] = ()
    environment_class: str = PINNED


def constraints(
    portfolio: dict[str, Field], products: Sequence[ProductName]
) -> tuple[frozenset[Constraint], frozenset[ProductName]]:
    """What constrains the products of a portfolio in every environment, by its general keys and by `constraints`.

    Also the products whose launches are not held to the environment's class.
    """
    general = _settings(portfolio, _Settings())
    classes = dict.fromkeys(products, general.environment_class)
    found: dict[ProductName, list[Constraint]] = {}
    for key, value in portfolio["constraints"].entries():
        product = ProductName(key.one_of(products))
        fields = value.section(*KEYS, "allow", "rules", "stack-set")
        settings = _settings(fields, general)
        classes[product] = settings.environment_class
        found[product] = list(_own(product, fields, settings))
        # The pin of the environment's class comes on top.
        if len(found[product]) >= _MAXIMUM_CONSTRAINTS:
            value.problem(f"makes {len(found[product]) + 1} constraints; {_MAXIMUM_CONSTRAINTS} are possible")
    for product in products:
        if product not in found:
            found[product] = [*_launch(product, general, portfolio["launch-role"]), *_general(product, general)]
    return (
        frozenset(constraint for of_product in found.values() for constraint in of_product),
        frozenset(product for product, held in classes.items() if held == FREE),
    )


def _settings(fields: dict[str, Field], default: _Settings) -> _Settings:
    role, updates, notifications, environment_class = (fields[key] for key in KEYS)
    topics = tuple(sorted({item.text(form=_TOPIC) for item in notifications.items()}))
    if len(topics) > _MAXIMUM_TOPICS:
        notifications.problem(f"names {len(topics)} topics; {_MAXIMUM_TOPICS} are possible")
    return _Settings(
        launch_role=role.text(default.launch_role, _ROLE_PATTERN),
        tag_updates=updates.one_of(("allowed", "refused", NONE), default.tag_updates),
        topics=topics if notifications else default.topics,
        environment_class=environment_class.one_of((PINNED, FREE), default.environment_class),
    )


def _own(product: ProductName, fields: dict[str, Field], settings: _Settings) -> Iterator[Constraint]:
    if fields["stack-set"]:
        if fields["launch-role"]:
            fields["launch-role"].problem("and a stack set exclude each other")
        yield _stack_set(product, fields["stack-set"])
    else:
        yield from _launch(product, settings, fields["launch-role"])
    yield from _general(product, settings)
    yield from _rules(product, fields["allow"], fields["rules"])


def _launch(product: ProductName, settings: _Settings, field: Field) -> Iterator[Launch]:
    if settings.launch_role == NONE:
        return
    role = settings.launch_role.replace("{product}", product)
    if not _ROLE_NAME.fits(role):
        field.problem(f"gives {role!r} for {product}, which is not {_ROLE_NAME.words}")
    yield Launch(product=product, local_role_name=role)


def _general(product: ProductName, settings: _Settings) -> Iterator[Constraint]:
    if settings.tag_updates != NONE:
        yield ResourceUpdate(product=product, tag_updates=settings.tag_updates == "allowed")
    if settings.topics:
        yield Notification(product=product, topic_arns=settings.topics)


def _stack_set(product: ProductName, field: Field) -> StackSet:
    section = field.section("instance-control", required=("accounts", "regions", "admin-role", "execution-role"))
    return StackSet(
        product=product,
        accounts=tuple(sorted(account_id(item) for item in section["accounts"].items("account"))),
        regions=tuple(item.text(form=REGION) for item in section["regions"].items("region")),
        admin_role_arn=section["admin-role"].text(form=_ADMIN_ROLE),
        execution_role_name=section["execution-role"].text(form=_ROLE_NAME),
        instance_control=section["instance-control"].one_of(("allowed", "refused")) == "allowed",
    )


def _rules(product: ProductName, allow: Field, rules: Field) -> Iterator[Template]:
    """A TEMPLATE constraint for each rule, so that a change of one leaves the others alone."""
    names = set()
    for key, value in allow.entries():
        parameter = key.text(form=PARAMETER)
        if parameter == SIZING_PARAMETER:
            key.problem(f"names {parameter}, which is always the environment's class")
        constraint = Template.allowing(product, parameter, tuple(item.text() for item in value.items("value")))
        names.add(constraint.name)
        yield constraint
    for key, value in rules.entries():
        name = key.text(form=PARAMETER)
        if name in names | {f"Only{SIZING_PARAMETER}"}:
            key.problem(f"names {name}, which the factory uses for the rule that allows values of a parameter")
        if name:
            yield Template.of(product, {name: _rule(value)})


def _rule(field: Field) -> object:
    """A rule in CloudFormation's own words (AWS CloudFormation User Guide, "Rules")."""
    section = field.section("RuleCondition", required=("Assertions",))
    for assertion in section["Assertions"].items("assertion"):
        assertion.section("AssertDescription", required=("Assert",))
    return field.data()
