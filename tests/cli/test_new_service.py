"""`factory new-service`: what it adds to a system's file, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from factory.cli.new_service import command
from factory.cli.terminal import Terminal
from factory.cli.workspace import Workspace
from factory.errors import FactoryError, ManifestError, UsageError
from tests.command import Command, copy_portfolios

BLUEPRINTS = """\
runtimes: [nodejs, python]
defaults:
  path: /{name},/{name}/*
every-type:
  "{name}-images":
    product: image-repository
    only: [dev]
    parameters: {RepositoryName: "{name}"}
lists:
  front: {Paths: "/{name}"}
  gate: {Names: "{name}"}
types:
  public:
    "{name}":
      product: microservice-public
      parameters: {ServiceName: "{name}", Runtime: "{runtime}", Paths: "{path}"}
  coded:
    "{name}":
      product: queue
      parameters: {QueueName: "{repository}"}
  nowhere:
    "{name}":
      product: function
  elsewhere:
    "{name}":
      product: queue
      only: [dr]
"""
SYSTEM = """\
# The shop, which sells.
display-name: Shop
environments: [dev, prod]

launches:
  foundation:
  front:
    product: microservice-public
    parameters: {ServiceName: front,  Paths: [/front]}   # all that it answers
  network:    {parameters: {Zones: "2"}}   # enough
  # network is not all
"""
ADDED = """\
  orders:
    product: microservice-public
    parameters:
      ServiceName: orders
      Runtime: python
      Paths: /orders,/orders/*
  orders-images:
    product: image-repository
    only: [dev]
    parameters:
      RepositoryName: orders
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two systems of a few launches."""
    copy_portfolios(tmp_path, whole=True)
    systems = tmp_path / "portfolios/systems"
    for path in systems.iterdir():
        path.unlink()
    (systems / "shop.yaml").write_text(SYSTEM)
    (systems / "other.yaml").write_text(
        "display-name: Other\nenvironments: [dev]\nlaunches: {orders: {product: queue}}\n"
    )
    (tmp_path / "portfolios/blueprints.yaml").write_text(BLUEPRINTS)
    portfolio = tmp_path / "portfolios/platform.yaml"
    offered = re.sub(r"\n  function:\n(    .*\n)+", "\n  function: {dev: current}\n", portfolio.read_text())
    portfolio.write_text(offered)
    return tmp_path


def test_a_service_is_added_and_the_rest_stays(project: Path) -> None:
    (project / "portfolios/systems/other.yaml").unlink()
    done = Command(project)("new-service", "orders", "--runtime", "python", "--type", "public", "--sandbox")

    assert (project / "portfolios/systems/shop.yaml").read_text() == SYSTEM.replace(
        "[/front]", "[/front, /orders]"
    ) + ADDED
    file = "portfolios/systems/shop.yaml"
    assert done.stdout.startswith(f"--- a/{file}\n+++ b/{file}\n@@ ")
    assert [line for line in done.stdout.splitlines() if line.startswith("+  ")][1:] == [
        f"+{line}" for line in ADDED.splitlines()
    ]
    assert done.stderr.splitlines() == [
        "shop has no gate: orders was not added to its Names",
        "next: factory up shop -e dev --sandbox",
    ]
    again = Command(project)("new-service", "orders", "--runtime", "nodejs", "--type", "public", code=2)
    assert "system shop has a launch orders already (portfolios/systems/shop.yaml)" in again.stderr


@pytest.fixture
def refused(project: Path) -> Callable[[str], FactoryError]:
    """What the command says against options, having changed nothing."""

    def run(options: str) -> FactoryError:
        files = {path: path.read_text() for path in project.rglob("*.yaml")}
        workspace = Workspace(project, sandbox=False, terminal=Terminal())
        with pytest.raises(FactoryError) as error:
            command.main(options.split(), obj=workspace, standalone_mode=False)
        assert {path: path.read_text() for path in project.rglob("*.yaml")} == files
        return error.value

    return run


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ("Orders --runtime python --type public", "service Orders: it is not a name of lower-case letters", None),
        ("mail --runtime pyhton --type public", "runtime pyhton is unknown: did you mean python?", None),
        ("mail --runtime python --type pubic", "type of service pubic is unknown: did you mean public?", None),
        (
            "mail --runtime python --type public",
            "there are several systems: other, shop",
            "say which one: --system NAME",
        ),
        ("mail --runtime python --type public --system shp", "system shp is unknown: did you mean shop?", None),
        ("network --runtime python --type public --system shop", "system shop has a launch network already", None),
        # An account has one launch of a name, whichever system it is of.
        ("orders --runtime python --type public --system shop", "system other has a launch orders already", None),
        (
            "mail --runtime python --type coded --system shop",
            "a service of type coded needs a repository",
            "give --repository",
        ),
        (
            "mail --runtime python --type coded --system shop --repository a --path /x",
            "a service of type coded has no path",
            "leave out --path",
        ),
    ],
)
def test_what_is_refused(options: str, message: str, hint: str | None, refused: Callable[[str], FactoryError]) -> None:
    error = refused(options)
    assert isinstance(error, UsageError)
    assert message in error.message
    assert hint is None or error.hint == hint


@pytest.mark.parametrize(
    ("kind", "line", "problem"),
    [
        ("nowhere", 12, "launches.mail launches function, which no portfolio offers in prod"),
        ("elsewhere", 14, "launches.mail.only[1]: 'dr' is unknown; there is dev, prod"),
    ],
)
def test_what_would_make_the_system_wrong_is_refused(
    kind: str, line: int, problem: str, refused: Callable[[str], FactoryError]
) -> None:
    error = refused(f"mail --runtime python --type {kind} --system shop")
    assert isinstance(error, ManifestError)
    assert error.message == f"manifests: 1 problem\n  portfolios/systems/shop.yaml:{line}: {problem}"
    assert str(error.hint).startswith("nothing was written")


def test_values_that_the_product_does_not_take_are_refused(refused: Callable[[str], FactoryError]) -> None:
    error = refused("mail --runtime python --type public --system shop --path mail")
    assert error.message.startswith(
        "new-service: nothing was written\n  mail: parameter Paths: mail does not have the form"
    )


def test_what_is_no_list_is_not_added_to(project: Path, refused: Callable[[str], FactoryError]) -> None:
    system = project / "portfolios/systems/shop.yaml"
    system.write_text(system.read_text().replace("[/front]", "/front"))
    error = refused("mail --runtime python --type public --system shop")
    assert error.message == (
        "manifests: 1 problem\n  portfolios/systems/shop.yaml:9: launches.front.parameters.Paths is no list, so that "
        "/mail cannot be added to it: write it as one"
    )


def test_values_that_a_list_does_not_take_are_refused(project: Path, refused: Callable[[str], FactoryError]) -> None:
    system = project / "portfolios/systems/shop.yaml"
    system.write_text(system.read_text().replace("[/front]", "[/1, /2, /3, /4]"))
    error = refused("mail --runtime python --type public --system shop")
    assert "front: parameter Paths: /1,/2,/3,/4,/mail does not have the form" in error.message


def test_a_project_without_blueprints(project: Path, refused: Callable[[str], FactoryError]) -> None:
    (project / "portfolios/blueprints.yaml").unlink()
    error = refused("mail --runtime python --type public")
    assert error.message == "new-service: there is no portfolios/blueprints.yaml, which says what a service consists of"
