"""What is installed: the modules and files of a built package are all that a repository of one's own needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

STORY = """
import os, factory
from factory.cli.main import cli

print(factory.__file__)
cli.main(["init", "mine"], standalone_mode=False)
os.chdir("mine")
cli.main(["new", "order-queue"], standalone_mode=False)
cli.main("new-service orders --runtime python --type public".split(), standalone_mode=False)
"""


def test_a_repository_begins_with_what_is_installed(tmp_path: Path) -> None:
    library = tmp_path / "lib"
    build = (
        "build",
        "--build-base",
        str(tmp_path),
        "--build-lib",
        str(library),
        "egg_info",
        "--egg-base",
        str(library),
    )
    subprocess.run([sys.executable, "setup.py", "-q", *build], cwd=ROOT, check=True, capture_output=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FACTORY_"))}
    done = subprocess.run(
        [sys.executable, "-c", STORY],
        cwd=tmp_path,
        env={**kept, "PYTHONPATH": str(library)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    where, *told = done.stdout.splitlines()
    assert Path(where).is_relative_to(library)
    assert {"mine/buildspecs/publish.yml", "products/order_queue.py", "+  orders-pipeline:"} <= set(told)
