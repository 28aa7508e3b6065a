"""What is installed: the modules and files of a built package are all that a repository of one's own needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_a_repository_begins_with_what_is_installed(tmp_path: Path) -> None:
    library, mine = tmp_path / "lib", tmp_path / "mine"
    subprocess.run(
        [sys.executable, "setup.py", "-q", "build", "--build-base", str(tmp_path), "--build-lib", str(library)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FACTORY_"))}

    def factory(*arguments: str, code: str = "from factory.cli.main import main; main()", directory: Path) -> str:
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=directory,
            env={**kept, "PYTHONPATH": str(library)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    where = factory(code="import factory; print(factory.__file__)", directory=tmp_path)
    assert Path(where.strip()).is_relative_to(library)
    factory("init", "mine", directory=tmp_path)
    assert "+  orders-pipeline:" in factory(
        "new-service", "orders", "--runtime", "python", "--type", "public", directory=mine
    )
    assert factory("new", "order-queue", directory=mine) == "products/order_queue.py\n"
    assert '"delivery-pipeline"' in factory("list", "--json", directory=mine)
