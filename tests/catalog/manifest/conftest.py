"""A small project whose manifests a test changes line by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from factory.catalog.manifest import Manifest, load
from factory.catalog.model import ProductName, VersionName
from factory.errors import ManifestError

PRODUCTS = {
    ProductName(name): VersionName(version)
    for name, version in {"network": "1.2.0", "cluster": "2.0.0", "queue": "1.0.0"}.items()
}

ENVIRONMENTS = """\
hub:
  account: "111111111111"
environments:
  dev:
    account: "222222222222"
    regions: [us-east-1]
  prod:
    account: "333333333333"
    regions: [us-east-1, eu-west-1]
"""

PORTFOLIO = """\
display-name: Platform
provider: Platform team
environments: [dev, prod]
products:
  network: {dev: current, prod: 1.0.0}
  cluster: {dev: current}
"""

SYSTEM = """\
display-name: Shop
environments: [dev]
launches:
  network:
  main:
    product: network
"""


class Project:
    """A project directory with manifests that are right until a test changes one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("environments", ENVIRONMENTS)
        self.write("platform", PORTFOLIO)
        self.write("systems/shop", SYSTEM)

    def write(self, name: str, text: str) -> None:
        path = self.root / "portfolios" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        path = self.root / "portfolios" / f"{name}.yaml"
        self.write(name, path.read_text(encoding="utf-8") + text)

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.root / "portfolios" / f"{name}.yaml").read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))

    def load(self) -> Manifest:
        return load(self.root, PRODUCTS)

    def problems(self) -> list[str]:
        """What is wrong, each as `file:line: message` with the file relative to `portfolios/`."""
        with pytest.raises(ManifestError) as error:
            self.load()
        return [str(problem).removeprefix("portfolios/") for problem in error.value.problems]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def one_problem(project: Project) -> Callable[[str, str, str], str]:
    """Changes one manifest and gives the one problem that this makes."""

    def make(name: str, old: str, new: str) -> str:
        project.change(name, old, new)
        problems = project.problems()
        assert len(problems) == 1, problems
        return problems[0]

    return make
