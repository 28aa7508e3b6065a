"""What a launch with given parameters makes, worked out on the template alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.authoring import Product
from factory.sandbox.stacks.values import Setting, Values
from factory.synthesis.artifact import synthesize

ACCOUNT = "222222222222"


class Launched:
    """The resources of a launch. What only a resource can tell stays open (`Unknown`)."""

    def __init__(self, product: type[Product], **given: str) -> None:
        self._template = synthesize(product).template
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
