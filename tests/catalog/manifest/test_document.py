"""What is plain data in a YAML file and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from factory.catalog.manifest.document import Items, Mapping, Scalar, read
from factory.errors import Problem


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "manifest.yaml"


def test_values_keep_their_line_and_their_spelling(file: Path) -> None:
    file.write_text("a: 1.10\nb:\n  - yes\n  - '007'\n")
    assert read(file, "f") == (
        Mapping(
            line=1,
            entries=(
                (Scalar(line=1, text="a", type="str"), Scalar(line=1, text="1.10", type="float")),
                (
                    Scalar(line=2, text="b", type="str"),
                    Items(
                        line=3,
                        items=(Scalar(line=3, text="yes", type="bool"), Scalar(line=4, text="007", type="str")),
                    ),
                ),
            ),
        ),
        [],
    )


def test_an_empty_file_is_an_empty_mapping(file: Path) -> None:
    file.write_text("# nothing yet\n")
    assert read(file, "f") == (Mapping(line=1, entries=()), [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "f:3: a stands here a second time; the first is in line 1"),
        ("a: 1\n? [x]\n: 2\n", "f:2: a key must be a text"),
        (
            "a: !Ref Name\n",
            "f:1: the tag !Ref is not read: write plain data, such as {Ref: Name} for !Ref Name",
        ),
        (
            "<<: {a: 1}\n",
            "f:1: the tag merge is not read: write plain data, such as {Ref: Name} for !Ref Name",
        ),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            "f:1: the tag python/object/apply:os.system is not read: "
            "write plain data, such as {Ref: Name} for !Ref Name",
        ),
    ],
)
def test_what_is_not_plain_data_is_a_problem(file: Path, text: str, problem: str) -> None:
    file.write_text(text)
    node, problems = read(file, "f")
    assert node is not None
    assert [str(item) for item in problems] == [problem]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a: &x 1\nb: *x\n", Problem(file="f", line=2, message="aliases are not read: write the value out")),
        (b"a: 1\n\tb: 2\n", Problem(file="f", line=2, message="cannot be read: found character '\\t'")),
        (b"a: [1\n", Problem(file="f", line=2, message="cannot be read: expected ',' or ']'")),
        (b"a: \xff\n", Problem(file="f", line=1, message="cannot be read: it is not UTF-8")),
        (b"a: 1\n---\nb: 2\n", Problem(file="f", line=2, message="cannot be read: but found another document")),
    ],
)
def test_a_file_that_cannot_be_read_has_no_content(file: Path, content: bytes, problem: Problem) -> None:
    file.write_bytes(content)
    node, problems = read(file, "f")
    assert node is None
    assert [(item.file, item.line) for item in problems] == [(problem.file, problem.line)]
    assert problems[0].message.startswith(problem.message)


def test_a_missing_file_is_a_problem(file: Path) -> None:
    node, problems = read(file, "f")
    assert node is None
    assert "No such file" in problems[0].message
