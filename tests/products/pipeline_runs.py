"""What a pipeline of CodePipeline does for a branch, read off its definition: nothing here runs by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_VARIABLE = re.compile(r"#\{(\w+)\.(\w+)\}")
Exports = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action of a run, with what its configuration says once variables are filled in."""

    stage: str
    name: str
    provider: str
    configuration: Mapping[str, str]

    @property
    def variables(self) -> dict[str, str]:
        """The variables that a build gets."""
        given = json.loads(self.configuration.get("EnvironmentVariables", "[]"))
        return {item["name"]: item["value"] for item in given}


class FailedError(Exception):
    """An action failed, and with it its stage."""


def run(pipeline: Mapping[str, Any], branch: str, commit: str, act: Callable[[Action], Exports]) -> list[str]:
    """Go through the actions of a run for a branch, and give the stages that it did not skip.

    `act` carries out an action and gives what it exports; what it raises ends the run.
    """
    defaults = {item["Name"]: item["DefaultValue"] for item in pipeline["Variables"]}
    known: dict[str, Exports] = {"variables": defaults, "codepipeline": {"PipelineExecutionId": "run-1"}}
    entered = []
    for number, stage in enumerate(pipeline["Stages"]):
        if number == 0:
            (source,) = stage["Actions"]
            known[source["Namespace"]] = {"BranchName": branch, "CommitId": commit}
            continue
        if not _is_entered(stage, known):
            continue
        entered.append(stage["Name"])
        for action in _filled(stage, known):
            exported = act(action)
            if namespace := _declared(stage, action.name).get("Namespace"):
                known[namespace] = exported
    return entered


def _is_entered(stage: Mapping[str, Any], known: Mapping[str, Exports]) -> bool:
    for condition in stage.get("BeforeEntry", {}).get("Conditions", []):
        assert condition["Result"] == "SKIP"
        for rule in condition["Rules"]:
            settings = rule["Configuration"]
            assert settings["Operator"] == "MATCHES"
            if not re.fullmatch(settings["Value"], _fill(settings["Variable"], known)):
                return False
    return True


def _filled(stage: Mapping[str, Any], known: Mapping[str, Exports]) -> Iterator[Action]:
    """Each action when it is its turn, so that it knows what those before it exported."""
    for action in sorted(stage["Actions"], key=lambda item: int(item.get("RunOrder", 1))):
        given = {key: _fill(value, known) for key, value in action.get("Configuration", {}).items()}
        provider = action["ActionTypeId"]["Provider"]
        yield Action(stage=stage["Name"], name=action["Name"], provider=provider, configuration=given)


def _fill(text: Any, known: Mapping[str, Exports]) -> Any:
    """A text with its variables filled in; what only a resource can tell stays as it is."""
    if not isinstance(text, str):
        return text
    return _VARIABLE.sub(lambda found: known[found[1]][found[2]], text)


def _declared(stage: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(action for action in stage["Actions"] if action["Name"] == name)
    return found
