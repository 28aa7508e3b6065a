"""How each kind of action is carried out: a module for each sort of thing, found by the type of the action."""

from factory.aws.writing import access, constraints, portfolios, products
from factory.aws.writing.context import Context, carry_out

__all__ = ["Context", "access", "carry_out", "constraints", "portfolios", "products"]
