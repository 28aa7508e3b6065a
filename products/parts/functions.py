"""Lambda functions: logged, traced, encrypted, bounded, each with its own role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from awacs import xray
from awacs.aws import Statement
from troposphere import If
from troposphere.awslambda import DeadLetterConfig, Environment, Function, LoggingConfig, TracingConfig
from troposphere.iam import Role

from factory.authoring import Stack
from factory.authoring.policy import allow
from products.parts.logs import log_group, write_to
from products.parts.roles import known_name, service_role

_RUNTIME = "python3.13"
_MEMORY_MIB = 128


def python_function(
    stack: Stack,
    title: str,
    directory: Path,
    statements: Sequence[Statement | If],
    *,
    description: str,
    key: Any,
    retention: Any,
    outside_vpc: str,
    shared: Sequence[Path] = (),
    variables: Mapping[str, Any] | None = None,
    dead_letter: Any | None = None,
    concurrency: int = 1,
    timeout_seconds: int = 60,
    known_as: tuple[Any, str] | None = None,
    role_exemptions: Mapping[str, str] | None = None,
    condition: str | None = None,
) -> Function:
    """A function of a product's own, in Python: its `handler` stands in `index.py` of a directory.

    The role may write to the log group, send traces and do what the statements say. `shared` are directories whose
    modules the function imports too; `outside_vpc` says why the function need not run in the VPC; `dead_letter` is the
    ARN that keeps events which failed; `concurrency` is reserved, and is all that the function gets. `known_as` is a
    name for the function and its role, where others have to know it, and why. `role_exemptions` are rules of the gates
    that the role need not keep, and why.
    """
    made = logged_function(
        stack,
        title,
        statements,
        key=key,
        retention=retention,
        condition=condition,
        Description=description,
        Runtime=_RUNTIME,
        Handler="index.handler",
        Code=stack.code(directory, *shared),
        ReservedConcurrentExecutions=concurrency,
        MemorySize=_MEMORY_MIB,
        Timeout=timeout_seconds,
        Architectures=["arm64"],
    )
    function = made.function
    if known_as is not None:
        known_name(stack, function, *known_as)
        known_name(stack, made.role, *known_as)
    for rule, reason in (role_exemptions or {}).items():
        stack.exempt(made.role, rule, reason, owner="Platform engineering", review="2027-11-30")
    if variables:
        function.Environment = Environment(Variables=dict(variables))
    if dead_letter is not None:
        function.DeadLetterConfig = DeadLetterConfig(TargetArn=dead_letter)
    stack.explain(function, "CKV_AWS_117", outside_vpc)
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A function with the role that it works under."""

    function: Function
    role: Role


def logged_function(
    stack: Stack,
    title: str,
    statements: Sequence[Statement | If],
    *,
    key: Any,
    retention: Any,
    condition: str | None = None,
    **settings: Any,
) -> Logged:
    """A function with its log group and its role, all under the customer-managed key.

    The role may write to the log group, send traces and do what the statements say; `settings` are the function's own
    properties.
    """
    logs = log_group(stack, f"{title}Logs", key=key, retention=retention, condition=condition)
    # Traces have no resource level.
    trace = allow("SendTraces", [xray.PutTraceSegments, xray.PutTelemetryRecords], "*")
    role = service_role(stack, f"{title}Role", "lambda", [write_to(logs), trace, *statements], condition=condition)
    function = Function(
        title,
        Role=role.get_att("Arn"),
        KmsKeyArn=key,
        LoggingConfig=LoggingConfig(LogGroup=logs.ref()),
        TracingConfig=TracingConfig(Mode="Active"),
        **settings,
    )
    if condition:
        function.Condition = condition
    return Logged(function=stack.add(function), role=role)
