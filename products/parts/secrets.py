"""Secrets that code of a team's own gets: how they are asked for, taken out of the answer, and permitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import kms, secretsmanager
from awacs.aws import StringEquals
from troposphere import Equals, If, Join, Not, NoValue, Select, Split, Sub
from troposphere.iam import Role

from factory.authoring import Parameter, Stack, Text
from factory.authoring.policy import allow
from products.parts.answers import item
from products.parts.roles import grant

SECRETS = 10
"""How many secrets the form of a container takes."""
ARNS = 5
"""How many secrets a form takes by their ARNs alone."""
# Without the equals sign that names of secrets may hold: it stands between name and ARN.
ARN = r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+.@-]+"
"""Pattern of a secret's ARN."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*="
_JSON_KEY = r"(:[^:;=*?]*){0,3}"
# The parts of a secret's ARN; what may follow them names a key or a version of it.
_ARN_PARTS = 7
_UNDER = "Each must be under the environment's key or that of Secrets Manager itself."


def named_secrets_question(group: str) -> Text:
    """Secrets, each under the name of the environment variable that holds it."""
    form = "NAME=ARN, or NAME=ARN:key:: for one key of a JSON secret"
    return _question(
        group,
        SECRETS,
        _NAME + ARN + _JSON_KEY,
        form,
        f"Environment variables that secrets of Secrets Manager fill: {form}; joined by semicolons. {_UNDER}",
    )


def secrets_question(group: str) -> Text:
    """Secrets by their ARNs alone."""
    return _question(
        group,
        ARNS,
        ARN,
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


def arn_of(secret: Any) -> Join:
    """The ARN of a secret as containers take it, without the key."""
    parts = Split(":", secret)
    return Join(":", [Select(index, parts) for index in range(_ARN_PARTS)])


def read_secrets(role: Role, secrets: Sequence[tuple[str, Any]], key: Any, *, name: str = "ReadSecrets") -> None:
    """Let a role read these secrets and no others, under this name. They are conditions, each with the ARN that there
    is then."""
    (given, first), *further = secrets
    arns = [first, *(If(condition, arn, NoValue) for condition, arn in further)]
    through = {"kms:ViaService": Sub("secretsmanager.${AWS::Region}.${AWS::URLSuffix}")}
    statements = [
        allow("ReadSecrets", [secretsmanager.GetSecretValue], arns),
        allow("DecryptSecrets", [kms.Decrypt], key, when=[StringEquals(through)]),
    ]
    grant(role, name, statements, condition=given)
