"""Waiting, without time passing."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from factory.aws.patience import Patience


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "Operation")


class Script:
    """Answers one after the other; exceptions are raised."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    def __call__(self) -> bool:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def patience(pauses: list[float]) -> Patience:
    return Patience(attempts=4, first_seconds=1, longest_seconds=3, refusals=2, sleep=pauses.append)


def test_retry_gives_the_first_answer(patience: Patience, pauses: list[float]) -> None:
    assert patience.retry(Script(refused("Busy"), refused("Away"), True), "Busy", "Away")
    assert pauses == [1, 2]


def test_retry_ends_with_the_last_refusal(patience: Patience, pauses: list[float]) -> None:
    with pytest.raises(ClientError, match="Busy"):
        patience.retry(Script(*[refused("Busy")] * 4), "Busy")
    assert pauses == [1, 2, 3]


def test_retry_passes_other_refusals_on(patience: Patience, pauses: list[float]) -> None:
    with pytest.raises(ClientError, match="Denied"):
        patience.retry(Script(refused("Denied")), "Busy")
    assert pauses == []


@pytest.mark.parametrize(
    ("script", "result", "slept"),
    [
        (Script(False, refused("Away"), True), True, [1, 2, 3]),
        (Script(False, False, False, False), False, [1, 2, 3, 3]),
        (Script(refused("Away"), refused("Away")), False, [1, 2]),
    ],
    ids=["comes true", "never comes true", "stays away"],
)
def test_until(patience: Patience, pauses: list[float], script: Script, result: bool, slept: list[float]) -> None:
    assert patience.until(script, "Away") is result
    assert pauses == slept


def test_what_is_not_seen_for_half_a_minute_is_waited_for(pauses: list[float]) -> None:
    """Whoever gives up sooner makes it again, and then it is there twice."""

    def check() -> bool:
        if sum(pauses) < 30:
            raise refused("Away")
        return True

    assert Patience(sleep=pauses.append).until(check, "Away")


def test_until_passes_other_refusals_on(patience: Patience) -> None:
    with pytest.raises(ClientError, match="Denied"):
        patience.until(Script(refused("Denied")), "Away")
