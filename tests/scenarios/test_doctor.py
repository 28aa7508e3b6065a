"""A published catalog is damaged by hand in many ways: `factory doctor` finds each, and what it says mends it."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from factory.authoring.product import ASSET_BUCKET
from tests.command import AWS_CLI, Command, copy_portfolios, needs_aws_cli

pytestmark = [pytest.mark.slow, needs_aws_cli]

DEV, PROD, STRANGER = "222222222222", "666666666666", "999999999999"
ENVIRONMENTS = f"""
hub: {{account: "111111111111"}}
environments:
  dev: {{account: "{DEV}", regions: [us-east-1], parameters: {{DomainName: dev.example.com}}}}
  prod: {{account: "{PROD}", regions: [us-east-1], parameters: {{DomainName: example.com}}}}
"""
PORTFOLIO = """
display-name: Teams
provider: Platform team
environments: [dev, prod]
products:
  foundation: {dev: current, prod: current}
  queue: {dev: current, prod: current}
  function: {dev: current, prod: current}
access: [role/factory-launcher]
tag-options: {DataClass: [public, internal]}
launch-role: factory-launch-{product}
"""
FAULTS = """
seed: 7
faults: []
resources:
  - {type: "AWS::S3::Bucket", step: update, reason: "Not today.", times: 1}
"""
BUCKET = "factory-artifacts-111111111111-us-east-1"


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project whose catalog is published, with a launch in dev; the tests build on each other."""
    directory = tmp_path_factory.mktemp("doctor")
    copy_portfolios(directory)
    (directory / "portfolios/environments.yaml").write_text(ENVIRONMENTS)
    (directory / "portfolios/platform.yaml").write_text(PORTFOLIO)
    for system in (directory / "portfolios/systems").glob("*.yaml"):
        system.unlink()
    command = Command(directory)
    command("publish", "--sandbox", "--yes")
    command("launch", "foundation", "-e", "dev", "--tag", "DataClass=internal", "--sandbox")
    yield command
    command("sandbox", "stop")


def findings(factory: Command, code: int = 1) -> list[dict[str, Any]]:
    """What doctor finds, each with the account that it is about."""
    document = factory.json("doctor", "--sandbox", code=code)
    return [{**found, "owner": account["name"]} for account in document["accounts"] for found in account["findings"]]


def run(factory: Command, mend: str, at: str) -> None:
    """Type a command as it stands in the output; whoever is asked says yes."""
    if mend.startswith("factory "):
        arguments = shlex.split(mend)[1:]
        factory(*arguments, *(["--yes"] if arguments[0] in {"bootstrap", "publish"} else []))
        return
    chosen = () if at == "hub" else ("-e", at)
    settings = dict(re.findall(r"export (\w+)=(\S+)", factory("sandbox", "env", *chosen).stdout))
    assert AWS_CLI
    environment = {"PATH": f"{Path(AWS_CLI).parent}:{os.environ['PATH']}", **settings}
    done = subprocess.run(["bash", "-c", mend], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{mend}\n{done.stderr}"


def test_a_published_catalog_is_clean(factory: Command) -> None:
    assert findings(factory, code=0) == []
    printed = factory("doctor", "--sandbox").stdout.splitlines()
    assert [re.sub(r"\d+ calls", "N calls", line) for line in printed] == [
        "hub  account 111111111111  clean: 16 checks, N calls",
        f"dev  account {DEV}  clean: 16 checks, N calls",
        f"prod  account {PROD}  clean: 16 checks, N calls",
    ]


def test_damage_of_accounts_is_found_and_mended(factory: Command) -> None:
    iam = factory.client("iam", "dev")
    _delete_role(iam, "factory-launch-queue")
    iam.update_assume_role_policy(RoleName="factory-launch-function", PolicyDocument=_allow("sts:AssumeRole"))
    (policy, *_) = iam.list_attached_role_policies(RoleName="factory-launch-foundation")["AttachedPolicies"]
    iam.detach_role_policy(RoleName="factory-launch-foundation", PolicyArn=policy["PolicyArn"])
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    factory.client("iam", "prod").attach_role_policy(RoleName="factory-launch-queue", PolicyArn=administrator)
    factory.client("ssm", "dev").delete_parameter(Name=ASSET_BUCKET.key())
    factory.client("ssm", "prod").put_parameter(Name=ASSET_BUCKET.key(), Value="elsewhere", Overwrite=True)
    s3, kms = factory.client("s3"), factory.client("kms")
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=_allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*"))
    rules = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    kms.schedule_key_deletion(KeyId=rules[0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"])

    found = findings(factory)
    assert {item["mend"] for item in found} == {"factory bootstrap --sandbox"}
    told = {(item["owner"], item["subject"].partition(" key-")[0], item["message"]) for item in found}
    key = next(item["subject"] for item in found if item["subject"].startswith("key "))
    assert told == {
        ("dev", "role factory-launch-queue", "it is not there"),
        ("dev", "role factory-launch-function", "its trust policy was changed by hand"),
        ("dev", "role factory-launch-foundation", "it lacks 1 of its policies, as made"),
        ("prod", "role factory-launch-queue", f"it has {administrator} besides"),
        ("dev", f"parameter {ASSET_BUCKET.key()}", "it is not there"),
        ("prod", f"parameter {ASSET_BUCKET.key()}", f"it is elsewhere, not {BUCKET}"),
        ("hub", f"bucket {BUCKET}", "it does not block all public access"),
        ("hub", f"bucket {BUCKET}", "its policy lacks 2 of its statements and has 1 others"),
        ("hub", key, "it is PendingDeletion, not Enabled"),
    }
    run(factory, found[0]["mend"], "hub")
    assert findings(factory, code=0) == []


def test_damage_of_artifacts_is_found_and_mended(factory: Command) -> None:
    s3 = factory.client("s3")
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    template, other = (
        next(key for key in keys if key.startswith(f"templates/{name}/")) for name in ("queue", "function")
    )
    file = next(key for key in keys if key.startswith("assets/"))
    s3.delete_object(Bucket=BUCKET, Key=template)
    s3.delete_object(Bucket=BUCKET, Key=file)
    s3.put_object(Bucket=BUCKET, Key=other, Body=b"{}")
    found = findings(factory)
    assert {item["check"] for item in found} == {"artifacts"}
    mends = {key: {item["mend"] for item in found if key in item["message"]} for key in (template, file, other)}
    assert mends[template] == mends[file] == {"factory publish -e dev --sandbox"}
    ((copy,), (publish,)) = mends[other], mends[template]
    assert copy.startswith(f"aws s3api copy-object --bucket {BUCKET} --key {other} ")
    run(factory, copy, "hub")
    run(factory, publish, "hub")
    assert findings(factory, code=0) == []


def test_damage_of_the_catalog_is_found_and_mended(factory: Command) -> None:
    (factory.directory / "faults.yaml").write_text(FAULTS)
    factory("sandbox", "start", "--faults", "faults.yaml")
    factory("launch", "foundation", "-e", "dev", "-p", "ArchiveDays=400", "--sandbox", code=1)
    hub, prod = factory.client("servicecatalog"), factory.client("servicecatalog", "prod")
    portfolios = {
        item["Id"]: hub.describe_portfolio(Id=item["Id"]) for item in hub.list_portfolios()["PortfolioDetails"]
    }
    ids = {
        tag["Value"]: id_
        for id_, item in portfolios.items()
        for tag in item["Tags"]
        if tag["Key"] == "factory:portfolio"
    }
    ours = ids["prod/platform"]
    products = {
        item["ProductViewSummary"]["Name"]: item["ProductViewSummary"]["ProductId"]
        for item in hub.search_products_as_admin(PortfolioId=ours)["ProductViewDetails"]
    }
    constraints = {
        item["ProductId"]: item["ConstraintId"]
        for item in hub.list_constraints_for_portfolio(PortfolioId=ours)["ConstraintDetails"]
        if item["Type"] == "LAUNCH"
    }
    # Shares, and who may launch.
    hub.delete_portfolio_share(PortfolioId=ids["dev/platform"], AccountId=DEV)
    hub.create_portfolio_share(PortfolioId=ours, AccountId=STRANGER)
    launcher = {"PrincipalARN": "arn:aws:iam:::role/factory-launcher", "PrincipalType": "IAM_PATTERN"}
    prod.disassociate_principal_from_portfolio(PortfolioId=ours, **launcher)
    anybody = {"PrincipalARN": "arn:aws:iam:::role/*", "PrincipalType": "IAM_PATTERN"}
    prod.associate_principal_with_portfolio(PortfolioId=ours, **anybody)
    # Constraints.
    hub.delete_constraint(Id=constraints[products["queue"]])
    hub.delete_constraint(Id=constraints[products["function"]])
    arn = "arn:aws:iam::111111111111:role/factory-launch-function"
    hub.create_constraint(
        PortfolioId=ours, ProductId=products["function"], Type="LAUNCH", Parameters=json.dumps({"RoleArn": arn})
    )
    stray = json.dumps({"NotificationArns": ["arn:aws:sns:us-east-1:111111111111:everything"]})
    hub.create_constraint(PortfolioId=ours, ProductId=products["queue"], Type="NOTIFICATION", Parameters=stray)
    # Versions.
    for product, change in (("foundation", {"Guidance": "DEPRECATED"}), ("queue", {"Active": False})):
        (version,) = hub.list_provisioning_artifacts(ProductId=products[product])["ProvisioningArtifactDetails"]
        hub.update_provisioning_artifact(ProductId=products[product], ProvisioningArtifactId=version["Id"], **change)
    # Tag options.
    secret = hub.create_tag_option(Key="DataClass", Value="secret")["TagOptionDetail"]["Id"]
    hub.associate_tag_option_with_resource(ResourceId=products["function"], TagOptionId=secret)
    public = next(item for item in portfolios[ours]["TagOptions"] if item["Value"] == "public")
    hub.update_tag_option(Id=public["Id"], Active=False)

    found = findings(factory)
    told = {(item["check"], item["owner"], item["subject"]): item for item in found}
    publish = {name: f"factory publish -e {name} --sandbox" for name in ("dev", "prod")}
    for check, owner, subject, mend in (
        ("launches", "dev", "launch foundation", "factory launch foundation -e dev --name foundation --sandbox"),
        ("shares", "dev", f"portfolio platform and account {DEV}", publish["dev"]),
        ("shares", "prod", f"portfolio platform and account {STRANGER}", publish["prod"]),
        ("principals", "dev", "portfolio platform", publish["dev"]),
        ("principals", "prod", "portfolio platform", publish["prod"]),
        ("launch-roles", "prod", "product queue in portfolio platform", publish["prod"]),
        ("versions", "prod", f"foundation {_version(hub, products['foundation'])}", publish["prod"]),
        ("versions", "prod", f"queue {_version(hub, products['queue'])}", publish["prod"]),
        ("tag-options", "dev", "portfolio platform", publish["dev"]),
        ("tag-options", "prod", "portfolio platform", publish["prod"]),
        ("catalog", "dev", "catalog", publish["dev"]),
        ("catalog", "prod", "catalog", publish["prod"]),
    ):
        assert told.pop((check, owner, subject))["mend"] == mend
    by_arn = told.pop(("launch-roles", "prod", "product function in portfolio platform"))
    conflict = told.pop(("tag-options", "prod", "product function"))
    assert told == {}
    assert by_arn["mend"].startswith("aws servicecatalog update-constraint --id cons-")
    assert conflict["mend"].startswith("aws servicecatalog disassociate-tag-option-from-resource --resource-id prod-")

    for item in (by_arn, conflict):
        run(factory, item["mend"], item["at"])
    for mend in (publish["dev"], publish["prod"], "factory launch foundation -e dev --name foundation --sandbox"):
        assert mend in {item["mend"] for item in findings(factory)}
        run(factory, mend, "hub")
    assert findings(factory, code=0) == []


def _version(hub: Any, product: str) -> str:
    (version,) = hub.list_provisioning_artifacts(ProductId=product)["ProvisioningArtifactDetails"]
    return str(version["Name"])


def _delete_role(iam: Any, name: str) -> None:
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=name)


def _allow(action: str, resource: str | None = None) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, **({"Resource": resource} if resource else {})}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
