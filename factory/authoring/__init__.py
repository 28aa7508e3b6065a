"""All that a product may import: what it is, what it asks, what it hands on, and the stack it builds."""

from factory.authoring.contract import ContractValue, Kind
from factory.authoring.parameters import Choice, Flag, Number, Parameter, Protected, Requires, Sized, Text
from factory.authoring.product import ENVIRONMENTS, Product
from factory.authoring.stack import Stack

__all__ = [
    "ENVIRONMENTS",
    "Choice",
    "ContractValue",
    "Flag",
    "Kind",
    "Number",
    "Parameter",
    "Product",
    "Protected",
    "Requires",
    "Sized",
    "Stack",
    "Text",
]
