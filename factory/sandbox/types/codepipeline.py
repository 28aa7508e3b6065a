"""CodePipeline: pipelines, which are checked and remembered. Nothing runs in one, as the emulator has no such service.

What is checked is what the service refuses when a pipeline is made, as far as its provider schema doesn't (CodePipeline
User Guide, "CodePipeline pipeline structure reference", "Configure conditions for a stage", "VariableCheck" and "Filter
triggers on code push or pull requests").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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
# What may come of each kind of condition.
_CONDITIONS = {"BeforeEntry": {"FAIL", "SKIP"}, "OnSuccess": {"FAIL", "ROLLBACK"}, "OnFailure": {"ROLLBACK"}}
_MAY_SKIP = {"LambdaInvoke", "VariableCheck"}
_OPERATORS = {"CONTAINS", "EQ", "MATCHES", "NE"}
_CONNECTED = "CodeStarSourceConnection"

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
    yield from _trigger_problems(properties.get("Triggers") or (), stages[0]["Actions"])


def _trigger_problems(triggers: Iterable[Properties], sources: Iterable[Properties]) -> Iterator[str]:
    """What is wrong with what starts the pipeline."""
    connected = {action["Name"] for action in sources if action["ActionTypeId"]["Provider"] == _CONNECTED}
    seen: set[str] = set()
    for trigger in triggers:
        git = trigger["GitConfiguration"]
        name = git["SourceActionName"]
        if name not in connected or name in seen:
            yield f"Triggers for connection must reference a {_CONNECTED} action, one trigger for each: {name}"
        seen.add(name)
        for push in git.get("Push") or ():
            if push.get("Tags") and (push.get("Branches") or push.get("FilePaths")):
                yield f"The trigger of source action {name} mixes tags with branches or file paths"
        for filters in (*(git.get("Push") or ()), *(git.get("PullRequest") or ())):
            if filters.get("FilePaths") and not filters.get("Branches"):
                yield f"The trigger of source action {name} has file paths without branches"


def _condition_problems(stage: Properties) -> Iterator[str]:
    """What is wrong with the conditions of a stage, and with what comes of them."""
    for kind, results in _CONDITIONS.items():
        declared = stage.get(kind) or {}
        where = f"{kind} of stage {stage['Name']}"
        conditions = declared.get("Conditions") or ()
        if declared.get("Result") == "RETRY" and conditions:
            yield f"Automatic retry can't be used with conditions: {where}"
        for condition in conditions:
            result = condition.get("Result")
            if result not in results:
                yield f"{result} is no result of a condition {where}"
            for rule in condition.get("Rules") or ():
                provider = rule["RuleTypeId"]["Provider"]
                if result == "SKIP" and provider not in _MAY_SKIP:
                    yield f"A rule {provider} can't skip: {where}"
                yield from _rule_problems(rule, where)


def _rule_problems(rule: Properties, where: str) -> Iterator[str]:
    """What is wrong with a rule that checks a variable."""
    if rule["RuleTypeId"]["Provider"] != "VariableCheck":
        return
    settings = rule.get("Configuration") or {}
    for name in ("Variable", "Value", "Operator"):
        if not settings.get(name):
            yield f"Rule {rule['Name']} of {where} has no {name}"
    if (operator := settings.get("Operator")) and operator not in _OPERATORS:
        yield f"Rule {rule['Name']} of {where} has an unknown operator {operator}"


def _stage_problems(stages: list[Properties]) -> Iterator[str]:
    """What is wrong with the actions, in the order in which they run."""
    produced: set[str] = set()
    namespaces = set(_OWN_NAMESPACES)
    for number, stage in enumerate(stages):
        yield from _condition_problems(stage)
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
