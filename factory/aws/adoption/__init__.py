"""Taking over what somebody else made in the hub: looking at it, naming it, marking it as the factory's."""

from factory.aws.adoption.finding import FoundPortfolio, FoundProduct, FoundVersion, find
from factory.aws.adoption.marking import Adoption, Mark, prepare, take_over
from factory.aws.adoption.naming import Chosen, choose_name, choose_names

__all__ = [
    "Adoption",
    "Chosen",
    "FoundPortfolio",
    "FoundProduct",
    "FoundVersion",
    "Mark",
    "choose_name",
    "choose_names",
    "find",
    "prepare",
    "take_over",
]
