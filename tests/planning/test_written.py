"""What has become of a file that the factory wrote into a repository."""

from __future__ import annotations

import pytest

from factory.planning.written import State, Written


def written(text: str | None, wanted: str = "new\n", version: str = "0.10.0") -> Written:
    return Written(path="buildspecs/plan.yml", text=text, wanted=wanted, version=version)


OLD = written(None, wanted="old\n", version="0.9.0").marked
NEW = written(None).marked


@pytest.mark.parametrize(
    ("file", "state"),
    [
        (written(None), State.MISSING),
        (written(NEW), State.CURRENT),
        (written(NEW, version="0.11.0"), State.CURRENT),
        (written("new\n"), State.CURRENT),
        (written(OLD), State.OUTDATED),
        # By number, and not by text.
        (written(NEW, wanted="old\n", version="0.9.0"), State.NEWER),
        (written(f"{NEW}own\n"), State.CHANGED),
        (written(f"{OLD}own\n"), State.DIVERGED),
        (written("old\n"), State.OWN),
        (written(""), State.OWN),
        (written(f"# own\n{OLD}"), State.OWN),
    ],
)
def test_the_first_line_tells_what_was_changed_from_what_grew_old(file: Written, state: State) -> None:
    assert file.state is state


def test_a_file_says_who_wrote_it() -> None:
    assert NEW.splitlines()[1:] == ["new"]
    assert written(OLD).by == "0.9.0"
    assert written("old\n").by == ""
