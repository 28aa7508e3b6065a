"""In which order the actions of a place are carried out."""

from __future__ import annotations

from enum import IntEnum, auto

from factory.planning.actions import Action


class Phase(IntEnum):
    """The order of actions within a place: what others need comes first, removals last.

    Some removals come early. A product that is full loses versions before it gets others. LAUNCH and STACKSET exclude
    each other on a product, so the one goes before the other comes. Shares decide in which account principals live:
    where that changes, principals leave the old account before any share changes and enter the new one after all have,
    so that an interrupted run never leaves one where the next run does not look.

    The order of the removals is the one in which Service Catalog frees what it otherwise reports as in use. Principals
    in an environment's account hang on the portfolio imported there, so they go before the share that carries it.
    """

    ROOM_FOR_VERSIONS = auto()
    PORTFOLIOS = auto()
    PRODUCTS = auto()
    TAG_OPTIONS = auto()
    OFFERS = auto()
    CONSTRAINT_SWAPS = auto()
    CONSTRAINTS = auto()
    PRINCIPAL_MOVES = auto()
    SHARES = auto()
    SHARE_SWAPS = auto()
    PRINCIPALS = auto()
    RETIRED_VERSIONS = auto()
    LOCAL_PRINCIPAL_REMOVALS = auto()
    SHARE_REMOVALS = auto()
    CONSTRAINT_REMOVALS = auto()
    HUB_PRINCIPAL_REMOVALS = auto()
    TAG_OPTION_REMOVALS = auto()
    OFFER_REMOVALS = auto()
    PRODUCT_REMOVALS = auto()
    PORTFOLIO_REMOVALS = auto()


Step = tuple[Phase, Action]
"""An action, and when its time comes."""
