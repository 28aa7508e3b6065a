"""What texts a regular expression can match at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

# The parsed form of a pattern; the modules have no public names.
codes: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

_CLASSES: Mapping[Any, Callable[[str], bool]] = {
    codes.CATEGORY_DIGIT: str.isdecimal,
    codes.CATEGORY_NOT_DIGIT: lambda character: not character.isdecimal(),
    codes.CATEGORY_SPACE: str.isspace,
    codes.CATEGORY_NOT_SPACE: lambda character: not character.isspace(),
    codes.CATEGORY_WORD: lambda character: character.isalnum() or character == "_",
    codes.CATEGORY_NOT_WORD: lambda character: not (character.isalnum() or character == "_"),
}


@cache
def may_hold(pattern: str, character: str) -> bool:
    """Whether a text that the whole pattern matches can have this character in it.

    It errs on the side of yes: a look-ahead excludes nothing.
    """
    return any(_matches(node, character) for node in parser.parse(pattern))


def _matches(node: Any, character: str) -> bool:
    code, argument = node
    if code is codes.LITERAL:
        return bool(argument == ord(character))
    if code is codes.NOT_LITERAL:
        return bool(argument != ord(character))
    if code is codes.ANY:
        return True
    if code is codes.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    if code is codes.CATEGORY:
        return bool(_CLASSES[argument](character))
    if code is codes.IN:
        negated = argument[0][0] is codes.NEGATE
        return any(_matches(item, character) for item in argument[negated:]) is not negated
    if code in {codes.ASSERT, codes.ASSERT_NOT, codes.AT, codes.GROUPREF}:
        return False
    if code is codes.BRANCH:
        return any(_matches(item, character) for option in argument[1] for item in option)
    if code in {codes.SUBPATTERN, codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
        return any(_matches(item, character) for item in argument[-1])
    return True
