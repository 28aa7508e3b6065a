"""The names by which pipelines and the environments that they deliver to know each other across accounts.

A pipeline runs in one account and deploys into others. Each environment has a role that pipelines take on, and a
function that updates launches for whoever has it; the pipeline has a role for each environment, which that one trusts.
No ARN needs copying, as all of these names follow from what both sides are asked for.
"""

from __future__ import annotations

from typing import Any

from troposphere import Sub

WHY_KNOWN = (
    "Another account builds the ARN from this name, where the project is not known; environment and access are in it, "
    "and a role or function keeps no data"
)
"""Why these names do not begin with project and environment."""

SERVICE_TAG = "Service"
"""The tag of a pipeline's role that names the service whose launch it updates."""


def deploy_role_name(environment: str, access: str) -> str:
    """The role that pipelines take on in an environment, as `Fn::Sub` text; both arguments may be variables."""
    return f"factory-deploy-{environment}-{access}"


def deployer_name(environment: str, access: str) -> str:
    """The function that updates launches there, and its role, as `Fn::Sub` text."""
    return f"factory-deployer-{environment}-{access}"


def pipeline_role_name(home: str, service: str, environment: str) -> str:
    """A pipeline's role for an environment, as `Fn::Sub` text; `home` is the environment that the pipeline is in."""
    return f"factory-pipeline-{home}-{service}-{environment}"


def role_arn(account: Any, name: str) -> Sub:
    """The ARN of a role of an account by its name, which is an `Fn::Sub` text."""
    return Sub(f"arn:${{AWS::Partition}}:iam::${{Account}}:role/{name}", Account=account)
