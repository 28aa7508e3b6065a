"""Two templates to what an update from one to the other does to the people who launched the first."""

from factory.gates.difference.comparison import compare
from factory.gates.difference.model import Bump, Change, Difference, Kind, Section, When

__all__ = ["Bump", "Change", "Difference", "Kind", "Section", "When", "compare"]
