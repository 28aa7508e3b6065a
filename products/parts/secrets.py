"""Secrets that code of a team's own gets: how they are asked for, taken out of the answer, and permitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import kms, secretsmanager
from awacs.aws import StringEquals
from troposphere import Equals, If, Not, NoValue, Sub
from troposphere.iam import Role

from factory.authoring import Parameter, Stack, Text
from factory.authoring.policy import allow
from products.parts.answers import item
from products.parts.roles import grant

SECRETS = 10
"""How many secrets the form of a container takes."""
ARNS = 5
"""How many secrets a form takes by their ARNs alone."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*="
# Without the equals sign that names of secrets may hold: it stands between name and ARN.
_ARN = r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+.@-]+"
_JSON_KEY = r"(:[^:;=*?]*){0,3}"
_UNDER = "Each must be under the environment's key or that of Secrets Manager itself."


def named_secrets_question(group: str) -> Text:
    """Secrets, each under the name of the environment variable that holds it."""
    form = "NAME=ARN, or NAME=ARN:key:: for one key of a JSON secret"
    return _question(
        group,
        SECRETS,
        _NAME + _ARN + _JSON_KEY,
        form,
        f"Environment variables that secrets of Secrets Manager fill: {form}; joined by semicolons. {_UNDER}",
    )


def secrets_question(group: str) -> Text:
    """Secrets by their ARNs alone."""
    return _question(
        group,
        ARNS,
        _ARN,
        "the ARN of a Secrets Manager secret",
        f"ARNs of secrets that may be read, joined by semicolons; SECRET_1_ARN holds the first, and so on. {_UNDER}",
    )


def _question(group: str, most: int, entry: str, form: str, text: str) -> Text:
    return Text(
        "Secrets",
        group=group,
        default="",
        pattern=rf"({entry}(;{entry}){{0,{most - 1}}})?",
        constraint=f"Empty, or up to {most} times {form}, joined by semicolons.",
        help=text,
    )


def given_secrets(question: Parameter, most: int) -> list[tuple[str, Any]]:
    """For each place of the answer, the condition that it holds a secret, and what it holds."""
    return [(f"HasSecret{number}", item(question, number - 1)) for number in range(1, most + 1)]


def secret_conditions(stack: Stack, question: Parameter, most: int) -> None:
    """Declare the conditions."""
    for condition, value in given_secrets(question, most):
        stack.condition(condition, Not(Equals(value, "")))


def read_secrets(role: Role, secrets: Sequence[tuple[str, Any]], key: Any) -> None:
    """Let a role read these secrets and no others. They are conditions, each with the ARN that there is then."""
    (given, first), *further = secrets
    arns = [first, *(If(condition, arn, NoValue) for condition, arn in further)]
    through = {"kms:ViaService": Sub("secretsmanager.${AWS::Region}.${AWS::URLSuffix}")}
    statements = [
        allow("ReadSecrets", [secretsmanager.GetSecretValue], arns),
        allow("DecryptSecrets", [kms.Decrypt], key, when=[StringEquals(through)]),
    ]
    grant(role, "ReadSecrets", statements, condition=given)
