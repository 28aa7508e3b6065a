"""Custom resources: what CloudFormation can't do by itself, done by a function of ours.

The function's `index.py` decorates its `handler` with `custom_resource.answered`, which is packed with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from awacs.aws import Statement
from troposphere import AWSObject
from troposphere.awslambda import Function

from factory.authoring import Stack
from products.parts.functions import python_function

_RUNTIME = Path(__file__).parent / "runtime"
_WAIT_SECONDS = 300


def custom_resource_function(
    stack: Stack,
    title: str,
    directory: Path,
    statements: Sequence[Statement],
    *,
    description: str,
    key: Any,
    retention: Any,
    outside_vpc: str,
    variables: Mapping[str, Any] | None = None,
    concurrency: int = 1,
    condition: str | None = None,
) -> Function:
    """The function behind a kind of custom resource; by default one call at a time, so that calls can't race."""
    function = python_function(
        stack,
        title,
        directory,
        statements,
        description=description,
        key=key,
        retention=retention,
        outside_vpc=outside_vpc,
        shared=[_RUNTIME],
        variables=variables,
        concurrency=concurrency,
        condition=condition,
    )
    stack.explain(
        function,
        "CKV_AWS_116",
        "CloudFormation reports a request that was not answered; nothing can answer it later",
    )
    return function


def custom_resource(
    stack: Stack,
    title: str,
    kind: str,
    function_arn: Any,
    properties: Mapping[str, Any],
    *,
    condition: str | None = None,
) -> AWSObject:
    """A resource of type `Custom::<kind>` that the function makes, changes and deletes.

    CloudFormation gives up after five minutes without an answer, not after its usual hour.
    """
    custom = type(kind, (AWSObject,), {"resource_type": f"Custom::{kind}", "props": {}})
    resource = custom(title, ServiceToken=function_arn, ServiceTimeout=_WAIT_SECONDS, **properties)
    if condition:
        resource.Condition = condition
    return stack.add(resource)
