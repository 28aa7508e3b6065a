"""What a launch with given parameters makes, worked out on the template alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from factory.authoring import Product
from factory.sandbox.stacks.values import Setting, Values
from factory.synthesis.artifact import synthesize

ACCOUNT = "222222222222"


@cache
def template_of(product: type[Product]) -> dict[str, Any]:
    """A product's template, which nobody changes."""
    return dict(synthesize(product).template)


class Launched:
    """The resources of a launch. What only a resource can tell stays open (`Unknown`)."""

    def __init__(self, product: type[Product], **given: str) -> None:
        self._template = template_of(product)
        defaults = {name: str(body.get("Default", "")) for name, body in self._template["Parameters"].items()}
        unknown = given.keys() - defaults.keys()
        assert not unknown, f"no such parameter: {unknown}"
        setting = Setting(parameters={**defaults, **given}, stack_name="launched", account=ACCOUNT, region="us-east-1")
        self._values = Values(self._template, setting)

    def __contains__(self, title: str) -> bool:
        return title in self._template["Resources"] and self._values.is_made(title)

    def __getitem__(self, title: str) -> Any:
        """The properties of a resource that the launch makes."""
        assert title in self, f"{title} is not made"
        return self._values.resolve(self._template["Resources"][title]["Properties"])

    def of_type(self, kind: str) -> Mapping[str, Any]:
        """The properties of all resources of a type (`AWS::SQS::Queue`), by title."""
        return {
            title: self[title]
            for title, body in self._template["Resources"].items()
            if body["Type"] == kind and title in self
        }


def allowed(policy: Mapping[str, Any], effect: str = "Allow") -> dict[str, Any]:
    """A policy document's statements of one effect, by their names."""
    return {item["Sid"]: item for item in policy["Statement"] if item["Effect"] == effect}


def _holds(expression: Any, given: dict[str, str]) -> Any:
    """What a rule's expression gives for these parameters."""
    if not isinstance(expression, dict):
        return expression
    ((function, arguments),) = expression.items()
    if function == "Ref":
        return given[arguments]
    values = [_holds(argument, given) if isinstance(argument, dict) else argument for argument in arguments]
    return {
        "Fn::And": lambda: all(values),
        "Fn::Or": lambda: any(values),
        "Fn::Not": lambda: not values[0],
        "Fn::Equals": lambda: values[0] == values[1],
        "Fn::Contains": lambda: values[1] in values[0],
    }[function]()


def refused(template: Mapping[str, Any], **parameters: Any) -> set[str]:
    """The rules that refuse a launch with these parameters."""
    given = {name: str(body.get("Default", "")) for name, body in template["Parameters"].items()}
    given.update({name: str(value) for name, value in parameters.items()})
    return {
        name
        for name, rule in template["Rules"].items()
        if _holds(rule.get("RuleCondition", True), given)
        and not all(_holds(assertion["Assert"], given) for assertion in rule["Assertions"])
    }
