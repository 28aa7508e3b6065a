"""House rules: each one on a template that keeps it and on templates that break it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from factory.gates.lint import lint
from factory.synthesis.artifact import Artifact


def broken(artifact: Artifact, change: Callable[[dict[str, Any]], object]) -> set[str]:
    template = artifact.template
    change(template)
    body = json.dumps(template).encode()
    return {finding.rule for finding in lint(dataclasses.replace(artifact, body=body), ["us-east-1"])}


def tags(template: dict[str, Any]) -> list[Any]:
    found: list[Any] = template["Resources"]["Key"]["Properties"]["Tags"]
    return found


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("E9001", lambda template: tags(template).pop()),
        ("E9001", lambda template: template["Resources"]["Key"]["Properties"].pop("Tags")),
        (
            "E9001",
            lambda template: tags(template).append(
                {"Fn::If": ["HasEmail", tags(template).pop(0), {"Ref": "AWS::NoValue"}]}
            ),
        ),
        ("E9001", lambda template: template["Resources"]["KeyArnContract"]["Properties"]["Tags"].pop("Owner")),
        ("E9002", lambda template: template["Outputs"]["KeyArn"].update(Export={"Name": "key"})),
        ("E9002", lambda template: template.update(Transform="AWS::LanguageExtensions")),
        ("E9002", lambda template: template["Outputs"]["KeyArn"].update(Value={"Fn::ImportValue": "key"})),
        (
            "E9002",
            lambda template: template["Resources"].update(
                App={"Type": "AWS::ServiceCatalogAppRegistry::Application", "Properties": {"Name": "x"}}
            ),
        ),
        ("E9003", lambda template: template["Resources"]["LogArchive"].pop("DeletionPolicy")),
        ("E9003", lambda template: template["Resources"]["LogArchive"].update(UpdateReplacePolicy="Delete")),
    ],
)
def test_a_broken_rule_is_found(
    rule: str, change: Callable[[dict[str, Any]], object], artifacts: dict[str, Artifact]
) -> None:
    assert rule in broken(artifacts["foundation"], change)


def test_an_unbroken_template_has_no_finding(artifacts: dict[str, Artifact]) -> None:
    assert broken(artifacts["foundation"], lambda _: None) == set()
