"""House rule: what is asked for in secret does not come out elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.rules import RuleMatch

from factory.gates import house

_VARIABLE = re.compile(r"\$\{([^!}.]+)\}")
# Properties, and what is inside of them, that CloudFormation or the service shows to whoever may look.
_SHOWN = frozenset(
    {
        "Command",
        "ContainerDefinitions",
        "DefinitionString",
        "DefinitionSubstitutions",
        "Description",
        "EntryPoint",
        "Environment",
        "EnvironmentVariables",
        "Metadata",
        "StageVariables",
        "Tags",
        "UserData",
        "Variables",
    }
)
_PARAMETER = "AWS::SSM::Parameter"


class HiddenValues(house.HouseRule):
    """A parameter that is not to be shown reaches no output, metadata, tag, user data or environment variable."""

    id = "E9605"
    shortdesc = "NoEcho values stay hidden"
    description = "NoEcho hides the parameter alone: wherever its value is passed on, it is shown in plain text."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"
    mend = "Pass it only to properties that keep secrets, or put it into a Secrets Manager secret and pass on its ARN."
    controls = ("nist-800-53/IA-5(7)", "nist-800-53/IA-6", "nist-800-53/SC-28", "soc2/CC6.1", "pci-dss/8.6.2")

    def subjects(self, template: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 - it is about the whole
        """The template itself."""
        return ["template"]

    def problems(self, template: Mapping[str, Any]) -> Iterator[RuleMatch]:
        """Follow each reference, on whichever branch it stands."""
        hidden = {
            name
            for name, body in template.get("Parameters", {}).items()
            if str(body.get("NoEcho", "false")).lower() == "true"
        }
        if not hidden:
            return
        kinds = {name: body.get("Type") for name, body in template.get("Resources", {}).items()}
        for section in ("Metadata", "Outputs", "Resources"):
            for path, name in _references(template.get(section, {}), [section]):
                if name in hidden and (section != "Resources" or _is_shown(path, kinds)):
                    yield RuleMatch(path, f"{name}, which is not to be shown, is shown here")


def _is_shown(path: list[str | int], kinds: Mapping[str | int, Any]) -> bool:
    return kinds.get(path[1]) == _PARAMETER or not _SHOWN.isdisjoint(path[2:])


def _references(node: Any, path: list[str | int]) -> Iterator[tuple[list[str | int], str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "Ref" and isinstance(value, str):
                yield path, value
            elif key == "Fn::Sub":
                text = value[0] if isinstance(value, list) else value
                yield from ((path, name.strip()) for name in _VARIABLE.findall(str(text)))
            yield from _references(value, [*path, key])
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _references(value, [*path, index])
