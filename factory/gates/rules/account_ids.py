"""House rule: templates name no account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.rules import RuleMatch

from factory.gates import house

_ACCOUNT = re.compile(r"(?<![0-9A-Za-z.#-])\d{12}(?![0-9A-Za-z.])")
_SECTIONS = ("Conditions", "Mappings", "Outputs", "Resources", "Rules")
# Texts for people, which may show an example.
_TEXTS = frozenset({"AlarmDescription", "Comment", "Description"})


class AccountIds(house.HouseRule):
    """No template holds the id of an account."""

    id = "E9807"
    shortdesc = "No account ids"
    description = (
        "The same bytes are launched in every account: an id in them ties environments together, prod to dev among "
        "them, or lets a stranger in where the number is mistyped."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html"
    mend = "Refer to AWS::AccountId, or hand the account over as a contract value or an environment's parameter."
    controls = ("nist-800-53/AC-4", "nist-800-53/CM-2", "nist-800-53/CM-6", "soc2/CC6.1", "soc2/CC8.1")

    def subjects(self, template: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 - it is about the whole
        """The template itself."""
        return ["template"]

    def problems(self, template: Mapping[str, Any]) -> Iterator[RuleMatch]:
        """Look at every text that does something, and at what parameters are unless somebody says otherwise."""
        for section in _SECTIONS:
            for path, value in _values(template.get(section, {}), [section]):
                yield from _found(path, value)
        for name, body in template.get("Parameters", {}).items():
            for key in ("Default", "AllowedValues"):
                for path, value in _values(body.get(key, ""), ["Parameters", name, key]):
                    yield from _found(path, value)


def _found(path: list[str | int], value: Any) -> Iterator[RuleMatch]:
    if _TEXTS.isdisjoint(path) and (match := _ACCOUNT.search(str(value))):
        yield RuleMatch(path, f"{match[0]} looks like an account's id")


def _values(node: Any, path: list[str | int]) -> Iterator[tuple[list[str | int], Any]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _values(value, [*path, key])
            yield [*path, key], key
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _values(value, [*path, index])
    elif isinstance(node, str | int) and not isinstance(node, bool):
        yield path, node
