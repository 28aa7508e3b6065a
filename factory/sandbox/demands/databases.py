"""Amazon RDS and Amazon DynamoDB: subnets, users, passwords, storage, and the keys of tables.

Sources: Amazon RDS API Reference, CreateDBInstance and CreateDBSubnetGroup; Amazon DynamoDB API Reference, CreateTable.
"""

from __future__ import annotations

import re

from botocore.exceptions import ClientError

from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.refusal import RefusedError

_RESERVED_USERS = {"postgres": ("admin", "rdsadmin", "rdsrepladmin"), "mysql": ("rdsadmin",), "mariadb": ("rdsadmin",)}
_PASSWORD = re.compile(r"[ -~]+")
_LEAST_PASSWORD = 8
_LEAST_GIB = 20


def _instance(resource: Resource, account: Account) -> None:
    properties = resource.properties
    engine, user = str(properties.get("Engine", "")), str(properties.get("MasterUsername", ""))
    if user in _RESERVED_USERS.get(engine, ()):
        raise _invalid(f"MasterUsername {user} cannot be used as it is a reserved word used by the engine")
    if (password := properties.get("MasterUserPassword")) is not None:
        if len(str(password)) < _LEAST_PASSWORD:
            raise _invalid(
                "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters."
            )
        if not _PASSWORD.fullmatch(str(password)) or set('/@" ') & set(str(password)):
            raise _invalid(
                "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides "
                "'/', '@', '\"', ' ' may be used."
            )
    storage = properties.get("AllocatedStorage")
    if engine in _RESERVED_USERS and storage is not None and int(storage) < _LEAST_GIB:
        raise _invalid(f"Invalid storage size for engine name {engine}: {storage}")
    if group := properties.get("DBSubnetGroupName"):
        try:
            account.client("rds").describe_db_subnet_groups(DBSubnetGroupName=group)
        except ClientError as error:
            raise RefusedError(f"DBSubnetGroup '{group}' not found.", code="DBSubnetGroupNotFoundFault") from error


def _subnet_group(resource: Resource, account: Account) -> None:
    found = account.client("ec2").describe_subnets(SubnetIds=resource.properties["SubnetIds"])["Subnets"]
    zones = sorted({subnet["AvailabilityZone"] for subnet in found})
    if len(zones) < 2:
        raise RefusedError(
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
            f"{', '.join(zones)}. Add subnets to cover at least 2 AZs.",
            code="DBSubnetGroupDoesNotCoverEnoughAZs",
        )


def _table(resource: Resource, _account: Account) -> None:
    properties = resource.properties
    indexes = [*(properties.get("GlobalSecondaryIndexes") or ()), *(properties.get("LocalSecondaryIndexes") or ())]
    used = {key["AttributeName"] for keyed in (properties, *indexes) for key in keyed["KeySchema"]}
    defined = {attribute["AttributeName"] for attribute in properties.get("AttributeDefinitions") or ()}
    if used != defined:
        raise _validation(
            "One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: "
            f"[{', '.join(sorted(defined))}], keys used: [{', '.join(sorted(used))}]"
        )
    if properties.get("BillingMode", "PROVISIONED") == "PROVISIONED" and "ProvisionedThroughput" not in properties:
        raise _validation(
            "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be "
            "specified when BillingMode is PROVISIONED"
        )


def _invalid(message: str) -> RefusedError:
    return RefusedError(message, code="InvalidParameterValue")


def _validation(message: str) -> RefusedError:
    return RefusedError(message, code="ValidationException")


DEMANDS = {
    "AWS::DynamoDB::Table": _table,
    "AWS::RDS::DBInstance": _instance,
    "AWS::RDS::DBSubnetGroup": _subnet_group,
}
