"""What parliament, a linter of IAM policies by others, says of every launch role.

It knows the Service Authorization Reference as of its own release: actions that are newer are unknown to it.
"""

from __future__ import annotations

import json
import re

import pytest

from factory.authoring.actions import arn_formats, is_metadata, service_actions
from factory.synthesis.artifact import Artifact
from factory.synthesis.launch_roles import UNSCOPED, launch_role
from tests.conftest import shipped
from tests.parliament_findings import ACCOUNT, findings

VARIABLES = {
    "AWS::Partition": "aws",
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
    "HubAccount": ACCOUNT,
}


@pytest.mark.parametrize("product", list(shipped()))
def test_parliament_finds_nothing_but_what_is_explained(product: str, artifacts: dict[str, Artifact]) -> None:
    role = launch_role(artifacts[product].product, [artifacts[product].template])
    for document in role.documents:
        text = re.sub(r"\$\{([^}]+)\}", lambda found: VARIABLES[found[1]], json.dumps(document))
        assert [finding for finding in findings(json.loads(text)) if not explained(finding)] == []


def explained(finding: str) -> bool:
    issue, _, detail = finding.partition(" ")
    match issue:
        case "UNKNOWN_ACTION":
            # Raises KeyError for an action that cfn-lint's newer reference does not know either.
            arn_formats(detail.rpartition(" ")[2])
            return True
        case "UNKNOWN_PREFIX":
            return service_actions(detail.rpartition(" ")[2]) > 0
        case "RESOURCE_STAR":
            actions = json.loads(detail)
            # Templates are told by their tag; the others are asked about collections, or declared.
            return actions == ["s3:GetObject"] or all(is_metadata(action) or action in UNSCOPED for action in actions)
        case _:
            return False
