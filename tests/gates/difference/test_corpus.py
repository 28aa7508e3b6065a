"""What becomes of each resource of the corpus, as the factory says, and as `@aws-cdk/cloudformation-diff` does."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from factory.gates.difference import compare
from tests.gates.difference.corpus import CORPUS, Pair, Verdict, verdicts

PACKAGE = "@aws-cdk/cloudformation-diff@2"
JUDGE = """
const { fullDiff } = require("@aws-cdk/cloudformation-diff");
const pairs = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(pairs.map(([before, after]) => {
  const verdicts = {};
  fullDiff(before, after).resources.forEachDifference((name, change) => { verdicts[name] = change.changeImpact; });
  return verdicts;
})));
"""


@pytest.mark.parametrize("pair", CORPUS, ids=lambda pair: pair.name)
def test_the_factory_says(pair: Pair) -> None:
    assert verdicts(pair, compare(pair.before, pair.after)) == pair.expected


@pytest.mark.clients
def test_the_cdk_agrees_but_for_what_is_explained(tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        pytest.skip("needs Node.js")
    subprocess.run([npm, "install", "--silent", "--no-fund", "--no-audit", PACKAGE], cwd=tmp_path, check=True)
    done = subprocess.run(
        [node, "-e", JUDGE],
        cwd=tmp_path,
        input=json.dumps([[pair.before, pair.after] for pair in CORPUS]),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = json.loads(done.stdout)
    assert len(answers) == len(CORPUS)
    for pair, answer in zip(CORPUS, answers, strict=True):
        said = {name: Verdict(verdict) for name, verdict in answer.items() if verdict != Verdict.SAME}
        expected = {name: verdict for name, verdict in (pair.expected | pair.cdk).items() if verdict != Verdict.SAME}
        assert said == expected, pair.name
        assert bool(pair.cdk) == bool(pair.why), pair.name
