"""`factory controls`: what the command prints, by framework and by environment.

It needs what the gates say of every product. As a short file it comes late in a run, when others have found that out.
"""

from __future__ import annotations

import json

from tests.command import Command


def test_controls_sum_up_each_framework_or_list_one(factory: Command) -> None:
    heading, *lines = factory("controls").stdout.splitlines()
    assert heading.split("\t")[:3] == ["framework", "controls", "evidenced"]
    listed = {
        line.split("\t")[0]: line.split("\t") for line in factory("controls", "--framework", "soc2").stdout.splitlines()
    }
    assert listed["CC6.4"][2:] == ["left to", "", "AWS"]
    assert "foundation" in listed["C1.1"][4]
    assert str(len(listed) - 1) == {line.split("\t")[0]: line.split("\t")[1] for line in lines}["soc2"]
    entries = json.loads(factory("controls", "--framework", "soc2", "--format", "json").stdout)
    assert [entry["control"] for entry in entries] == list(listed)[1:]


def test_controls_of_an_environment_leave_out_versions_that_the_code_does_not_have(factory: Command) -> None:
    portfolio = factory.directory / "portfolios/platform.yaml"
    portfolio.write_text(portfolio.read_text().replace("    prod: current", "    prod: 0.9.0", 1))
    done = factory("controls", "-e", "prod", "--format", "oscal")
    assert "prod offers foundation 0.9.0" in done.stderr
    components = json.loads(done.stdout)["component-definition"]["components"]
    others = {row["product"] for row in factory.json("list")} - {"foundation"}
    assert {component["title"].split()[0] for component in components} == others
    assert "unknown: there is dev" in factory("controls", "-e", "nowhere", code=2).stderr
