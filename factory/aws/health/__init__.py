"""Reads what the checks of `planning.health` look at: accounts and regions side by side, by reading calls only.

Whoever does not answer is told among the refusals, and everybody else is still asked.
"""

from factory.aws.health.accounts import Templates
from factory.aws.health.artifacts import Published, damages
from factory.aws.health.asking import Asking
from factory.aws.health.survey import survey

__all__ = ["Asking", "Published", "Templates", "damages", "survey"]
