"""CodePipeline: pipelines, which are checked and remembered. Nothing runs in one, as the emulator has no such service.

What is checked is what the service refuses when a pipeline is made, as far as its provider schema doesn't (CodePipeline
User Guide, "CodePipeline pipeline structure reference").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Made, Request
from factory.sandbox.types.recorded import recorded
from factory.sandbox.types.refusal import RefusedError

_NAME_CHARACTERS = 100
_VALUE_CHARACTERS = 1000
_VARIABLE = re.compile(r"#\{([A-Za-z0-9_@-]+)\.[^}]*\}")
# What a pipeline knows without an action that exports it.
_OWN_NAMESPACES = frozenset({"codepipeline", "variables"})
_V2_ONLY = ("Triggers", "Variables")
_CONDITIONS = ("BeforeEntry", "OnSuccess", "OnFailure")

Properties = Mapping[str, Any]


def _pipeline(request: Request, physical_id: str | None) -> Made:
    properties = request.properties
    problem = next(_problems(properties), None)
    if problem is not None:
        raise RefusedError(problem, code="InvalidStructureException")
    # A pipeline whose role isn't there is refused; the roles of its actions are only looked for when they run.
    request.client("iam").get_role(RoleName=str(properties["RoleArn"]).rpartition("/")[2])
    name = physical_id or properties.get("Name") or generated_name(request, longest=_NAME_CHARACTERS)
    arn = f"arn:aws:codepipeline:{request.region}:{request.account}:{name}"
    return Made(physical_id=name, attributes={"Version": "1", "Arn": arn})


def _problems(properties: Properties) -> Iterator[str]:
    """What is wrong with a pipeline's structure."""
    stages = properties["Stages"]
    if properties.get("PipelineType", "V1") != "V2":
        used = [name for name in _V2_ONLY if properties.get(name)]
        used += [name for stage in stages for name in _CONDITIONS if stage.get(name)]
        used += [mode for mode in [properties.get("ExecutionMode", "SUPERSEDED")] if mode != "SUPERSEDED"]
        for name in used:
            yield f"{name} is supported for pipelines of type V2 only"
    yield from _stage_problems(stages)
    sources = {action["Name"] for action in stages[0]["Actions"]}
    for trigger in properties.get("Triggers") or ():
        name = trigger["GitConfiguration"]["SourceActionName"]
        if name not in sources:
            yield f"Trigger refers to source action {name}, which the pipeline does not have"


def _stage_problems(stages: list[Properties]) -> Iterator[str]:
    """What is wrong with the actions, in the order in which they run."""
    produced: set[str] = set()
    namespaces = set(_OWN_NAMESPACES)
    for number, stage in enumerate(stages):
        # It is checked before any action of the stage has run.
        yield from _unknown_variables(stage.get("BeforeEntry"), namespaces, f"stage {stage['Name']}")
        for action in sorted(stage["Actions"], key=lambda action: int(action.get("RunOrder", 1))):
            where = f"action {action['Name']} of stage {stage['Name']}"
            if (action["ActionTypeId"]["Category"] == "Source") != (number == 0):
                yield f"Only the first stage has source actions, and nothing else: {where}"
            for artifact in action.get("InputArtifacts") or ():
                if artifact["Name"] not in produced:
                    yield f"Input artifact {artifact['Name']} of {where} is not produced by an earlier action"
            for artifact in action.get("OutputArtifacts") or ():
                if artifact["Name"] in produced:
                    yield f"Output artifact {artifact['Name']} of {where} is produced by an earlier action already"
                produced.add(artifact["Name"])
            yield from _unknown_variables(action.get("Configuration"), namespaces, where)
            for key, value in (action.get("Configuration") or {}).items():
                if len(str(value)) > _VALUE_CHARACTERS:
                    yield f"Configuration {key} of {where} is longer than {_VALUE_CHARACTERS} characters"
            if namespace := action.get("Namespace"):
                if namespace in namespaces:
                    yield f"Namespace {namespace} of {where} is taken"
                namespaces.add(namespace)


def _unknown_variables(value: Any, namespaces: set[str], where: str) -> Iterator[str]:
    for namespace in _VARIABLE.findall(str(value or "")):
        if namespace not in namespaces:
            yield f"Variable namespace {namespace} in {where} is not that of an earlier action"


TYPES = (recorded("AWS::CodePipeline::Pipeline", _pipeline),)
