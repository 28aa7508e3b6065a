"""What a product is: a name, a version, the questions it asks, and the resources that answer them."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, ClassVar

from factory.authoring.contract import DEFAULT_INSTANCE, ContractValue, Kind
from factory.authoring.parameters import ENVIRONMENTS, Choice, Parameter, Requires, Text
from factory.errors import AuthoringError

if TYPE_CHECKING:
    from factory.authoring.stack import Stack

OWNERSHIP = "Environment and ownership"
WIRING = "Wiring"

ASSET_BUCKET = ContractValue(
    product="factory",
    name="asset-bucket",
    description="Bucket in this region that holds the code of the products' functions.",
)

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_SHORT_NAME = "Lower-case letters, digits and hyphens, starting with a letter."


class Product:
    """Base of every product. The docstring of a subclass is what the catalog shows.

    A subclass sets `name` and `version`, declares its parameters as class attributes and adds its resources in
    `build`. Parameters of this base class that a template does not use are left out of it.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    maintainer: ClassVar[str] = "Platform engineering"
    support_email: ClassVar[str] = ""
    support_url: ClassVar[str] = ""

    environment = Choice(
        "Environment",
        group=OWNERSHIP,
        options=ENVIRONMENTS,
        default="dev",
        help="Class of the environment; sizes follow it. Each environment offers only its own.",
    )
    project = Text(
        "Project",
        group=OWNERSHIP,
        default="platform",
        pattern=r"[a-z][a-z0-9-]{1,19}",
        constraint=f"2 to 20 characters. {_SHORT_NAME}",
        help="Begins the names of resources and is their Project tag.",
    )
    owner = Text(
        "Owner",
        group=OWNERSHIP,
        default="platform-engineering",
        pattern=r"[A-Za-z0-9][A-Za-z0-9 @._+-]{1,63}",
        constraint="2 to 64 letters, digits, spaces or @._+-",
        help="Team that answers for these resources; their Owner tag.",
    )
    cost_center = Text(
        "Cost center",
        group=OWNERSHIP,
        default="shared",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}",
        constraint="1 to 32 letters, digits, hyphens or underscores.",
        help="Who pays; the CostCenter tag.",
    )
    compliance = Choice(
        "Compliance",
        group=OWNERSHIP,
        options=("none", "soc2", "pci-dss", "gdpr", "hipaa"),
        default="soc2",
        help="Regime that the data falls under; the Compliance tag.",
    )
    instance = Text(
        "Instance",
        group=WIRING,
        default=DEFAULT_INSTANCE,
        pattern=r"[a-z][a-z0-9-]{0,15}",
        constraint=f"1 to 16 characters. {_SHORT_NAME}",
        help="Leave it unless this account holds several environments; then it tells their contract paths apart.",
    )
    permissions_boundary = Text(
        "Permissions boundary",
        group=WIRING,
        default="",
        pattern=r"(arn:[a-z-]+:iam::\d{12}:policy/.+)?",
        constraint="Empty, or the ARN of a managed policy.",
        help="ARN of the managed policy that bounds every role made here; empty for none.",
    )
    asset_bucket = Requires(ASSET_BUCKET, label="Function code bucket", group=WIRING)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "name" not in cls.__dict__:
            return
        if not _NAME.fullmatch(cls.name):
            raise AuthoringError(f"product {cls.name!r}: a name is lower-case words joined by hyphens")
        if not _VERSION.fullmatch(getattr(cls, "version", "")):
            raise AuthoringError(f"product {cls.name}: set `version` to three numbers such as 1.0.0")
        if not cls.__doc__:
            raise AuthoringError(f"product {cls.name}: write a docstring, the catalog shows it")

    def build(self, stack: Stack) -> None:
        """Add the product's resources to the stack."""
        raise NotImplementedError

    @classmethod
    def description(cls) -> str:
        """The first paragraph of the docstring, on one line."""
        return " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split())

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """Every parameter: the product's own in the order they are written, then those of the base classes."""
        found: dict[str, Parameter] = {}
        for base in cls.__mro__:
            for attribute, value in vars(base).items():
                if isinstance(value, Parameter):
                    found.setdefault(attribute, value)
        return tuple(found.values())

    @classmethod
    def is_inherited(cls, parameter: Parameter) -> bool:
        """Whether a parameter is one of those that every product has."""
        return parameter in vars(Product).values()


__all__ = ["ASSET_BUCKET", "ENVIRONMENTS", "OWNERSHIP", "WIRING", "ContractValue", "Kind", "Product"]
