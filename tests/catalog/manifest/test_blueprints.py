"""What a new service consists of: what the file says, what can be wrong with it, and what a service gets of it."""

from __future__ import annotations

import pytest

from factory.catalog.model import EnvironmentName, ProductName
from factory.catalog.systems import SystemLaunch

from .conftest import Project

BLUEPRINTS = """\
runtimes: [nodejs, python]
defaults:
  path: "/{name}/*"
every-type:
  "{name}-images":
    product: network
    only: [dev]
types:
  public:
    "{name}":
      product: network
      after: ["{name}-images"]
      parameters: {Zones: "{runtime}", Nat: "{path}"}
      environments:
        prod: {Nat: "{name}.{path}"}
  code:
    "{name}.code":
      product: network
      parameters: {Nat: "{repository}"}
"""


def test_a_service_of_a_type(project: Project) -> None:
    project.write("blueprints", BLUEPRINTS)
    blueprint = project.load().blueprint
    assert blueprint is not None
    dev, prod, network = EnvironmentName("dev"), EnvironmentName("prod"), ProductName("network")
    images = SystemLaunch(name="orders-images", product=network, only=(dev,))

    assert blueprint.service("public", {"name": "orders", "runtime": "python"}) == (
        SystemLaunch(
            name="orders",
            product=network,
            # In the order of the file.
            parameters=(("Zones", "python"), ("Nat", "/orders/*")),
            environments=((prod, (("Nat", "orders./orders/*"),)),),
            after=("orders-images",),
        ),
        images,
    )
    own = {"name": "orders", "runtime": "python", "path": "/{x}", "repository": "acme/orders"}
    assert dict(blueprint.service("public", own)[0].parameters)["Nat"] == "/{x}"
    assert blueprint.service("code", own) == (
        SystemLaunch(name="orders.code", product=network, parameters=(("Nat", "acme/orders"),)),
        images,
    )
    assert blueprint.placeholders("public") == {"name", "runtime", "path"}
    assert blueprint.placeholders("code") == {"name", "repository"}


def test_a_project_need_not_have_one(project: Project) -> None:
    assert project.load().blueprint is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"{runtime}"',
            '"{runtmie}"',
            "13: types.public.{name}.parameters.Zones has {runtmie}, which stands for nothing; there is {name}, "
            "{runtime}, {path}, {repository}",
        ),
        (
            'path: "/{name}/*"',
            'path: "/{path}"',
            "3: defaults.path has {path}, which stands for nothing; there is {name}, {runtime}",
        ),
        ('path: "/{name}/*"', "name: x", "3: defaults: 'name' is unknown; there is path, repository"),
        (
            '"{name}-images":\n',
            "images:\n",
            "5: every-type has images, which would be the same for all services: put {name} into it",
        ),
        (
            '"{name}.code"',
            '"{name} code"',
            "17: types.code: '{name} code' is not a name of letters, digits, dots, hyphens and underscores, or {name}",
        ),
        ('"{name}.code"', '"{name}-images"', "17: types.code has {name}-images, which every type has"),
        ("      product: network\n      after", "      after", "10: types.public.{name}.product is missing"),
        (
            "    only: [dev]",
            "    only: [dve]",
            "7: every-type.{name}-images.only[1]: 'dve' is unknown; did you mean dev?",
        ),
        ("[nodejs, python]", "[]", "1: runtimes names no runtime"),
        ("runtimes", "runtime", "1: runtime is unknown; did you mean runtimes?"),
    ],
)
def test_what_can_be_wrong(project: Project, old: str, new: str, problem: str) -> None:
    project.write("blueprints", BLUEPRINTS)
    project.change("blueprints", old, new)
    assert f"blueprints.yaml:{problem}" in project.problems()
