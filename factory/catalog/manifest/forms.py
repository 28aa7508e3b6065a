"""The forms of texts that several manifests share."""

from __future__ import annotations

from factory.catalog.manifest.document import Scalar
from factory.catalog.manifest.fields import Field, Form
from factory.catalog.model import AccountId, Tags

NAME = Form(
    r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "a name of lower-case letters, digits and single hyphens that begins with a letter"
)
VERSION = Form(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", "three numbers such as 1.0.0")
ACCOUNT = Form(r"\d{12}", "an account id of 12 digits")
REGION = Form(r"[a-z]{2}(-[a-z]+)+-\d", "a region such as us-east-1")
ROLE_ARN = Form(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/{}-]+", "the ARN of a role")
ORGANIZATION = Form(r"o-[a-z0-9]{10,32}", "an organization id such as o-a1b2c3d4e5")
UNIT = Form(r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}", "an organizational unit id such as ou-ab12-1a2b3c4d")
LAUNCH_NAME = Form(r"[A-Za-z0-9][\w.-]{0,127}", "a name of at most 128 letters, digits, dots, hyphens and underscores")
PARAMETER = Form(r"[A-Za-z0-9]{1,255}", "a name of letters and digits")


def account_id(field: Field) -> AccountId:
    """An account id, which must be quoted."""
    node = field.node
    if isinstance(node, Scalar) and node.type == "int":
        field.problem(f'must be quoted, "{node.text}": YAML takes it for a number, and a number has no leading zeros')
        return AccountId("")
    return AccountId(field.text(form=ACCOUNT))


def launch_parameters(field: Field) -> Tags:
    """Values of launch parameters by name, sorted."""
    return tuple(sorted(written_parameters(field)))


def written_parameters(field: Field) -> Tags:
    """The same in the order in which they are written. A list of texts is a value with commas."""
    return tuple((key.text(form=PARAMETER), _value(value)) for key, value in field.entries())


def _value(field: Field) -> str:
    if not field.is_list:
        return field.text()
    items = field.items()
    for item in items:
        if "," in item.text():
            item.problem("has a comma, which stands between the texts of a list")
    return ",".join(item.text() for item in items)
