"""An independent scanner over every template: no failed check, and every skipped one explained beside the resource.

The template of the factory's pipeline is among them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from factory.synthesis.artifact import Artifact
from factory.synthesis.pipeline import STACK_NAME
from tests.sample_pipeline import sample_pipeline

# checkov pins an older boto3 than the sandbox, so it is not installed beside the factory.
CHECKOV = os.environ.get("FACTORY_CHECKOV") or shutil.which("checkov")

pytestmark = pytest.mark.skipif(not CHECKOV, reason="checkov is not there: set FACTORY_CHECKOV to its command")


@pytest.fixture(scope="module")
def report(artifacts: dict[str, Artifact], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("templates")
    for name, artifact in artifacts.items():
        (folder / f"{name}.template.json").write_bytes(artifact.body)
    (folder / f"{STACK_NAME}.template.json").write_text(sample_pipeline())
    command = [str(CHECKOV), "--directory", str(folder), "--framework", "cloudformation", "--output", "json"]
    # Without a service to report to, checkov would try to look up guidelines over the network.
    done = subprocess.run([*command, "--skip-download"], capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_nothing_fails(report: dict[str, Any]) -> None:
    failed = report["results"]["failed_checks"]
    assert [f"{check['file_path']} {check['resource']} {check['check_id']}" for check in failed] == []


def test_it_looked_at_every_template(report: dict[str, Any], artifacts: dict[str, Artifact]) -> None:
    looked_at = {Path(check["file_path"]).name for check in report["results"]["passed_checks"]}
    assert looked_at == {f"{name}.template.json" for name in (*artifacts, STACK_NAME)}
    assert report["summary"]["parsing_errors"] == 0


def test_every_skipped_check_has_a_reason(report: dict[str, Any]) -> None:
    for check in report["results"]["skipped_checks"]:
        assert len(check["check_result"]["suppress_comment"].split()) > 3, check["check_id"]
