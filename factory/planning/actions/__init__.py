"""What can be done to a catalog, one frozen value an action; the writer carries them out, the renderer shows them.

An action names things by natural key only. `subject` is what a reader sees, `place` where it happens.
"""

from factory.planning.actions.access import (
    AcceptShare,
    AddPrincipal,
    AddShare,
    RemovePrincipal,
    RemoveShare,
    UpdateShare,
)
from factory.planning.actions.action import Action, Effect
from factory.planning.actions.constraints import AddConstraint, RemoveConstraint, UpdateConstraint
from factory.planning.actions.portfolios import (
    AddTagOption,
    AssociateProduct,
    CreatePortfolio,
    DeletePortfolio,
    DisassociateProduct,
    RemoveTagOption,
    UpdatePortfolio,
)
from factory.planning.actions.products import (
    AddVersion,
    CreateProduct,
    DeleteProduct,
    DeleteVersion,
    UpdateProduct,
    UpdateVersion,
)

__all__ = [
    "AcceptShare",
    "Action",
    "AddConstraint",
    "AddPrincipal",
    "AddShare",
    "AddTagOption",
    "AddVersion",
    "AssociateProduct",
    "CreatePortfolio",
    "CreateProduct",
    "DeletePortfolio",
    "DeleteProduct",
    "DeleteVersion",
    "DisassociateProduct",
    "Effect",
    "RemoveConstraint",
    "RemovePrincipal",
    "RemoveShare",
    "RemoveTagOption",
    "UpdateConstraint",
    "UpdatePortfolio",
    "UpdateProduct",
    "UpdateShare",
    "UpdateVersion",
]
