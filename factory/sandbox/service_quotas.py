"""Service Quotas as far as it tells the quotas of Service Catalog: nobody has asked for higher ones here."""

from __future__ import annotations

import json
from typing import Any

from factory.planning.health.checks import quotas
from factory.sandbox.asgi import Application, Receive, Scope, Send, read_body, respond, signature

_CODE = "servicecatalog"
_LISTS = frozenset({"ListServiceQuotas", "ListAWSDefaultServiceQuotas"})
_TYPE = "application/x-amz-json-1.1"


def before(served: Application) -> Application:
    """Give `served` with Service Quotas in front of it."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        signed = signature(scope)
        if signed is None or signed.service != "servicequotas":
            await served(scope, receive, send)
            return
        target = next((value for name, value in scope["headers"] if name.lower() == b"x-amz-target"), b"")
        status, answer = _answer(target.decode().rpartition(".")[2], json.loads(await read_body(receive) or b"{}"))
        await respond(send, status, json.dumps(answer).encode(), _TYPE)

    return application


def _answer(operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    found = [_quota(item) for item in quotas.ALL if item.code and asked.get("ServiceCode") == _CODE]
    if operation in _LISTS and found:
        return 200, {"Quotas": found}
    named = [item for item in found if item["QuotaCode"] == asked.get("QuotaCode")]
    if operation == "GetServiceQuota" and named:
        return 200, {"Quota": named[0]}
    if operation in {*_LISTS, "GetServiceQuota"}:
        return 400, {"__type": "NoSuchResourceException", "Message": "The request failed because it names no quota."}
    return 400, {"__type": "UnknownOperationException", "Message": f"The sandbox has no operation {operation}."}


def _quota(item: quotas.Quota) -> dict[str, Any]:
    return {
        "ServiceCode": _CODE,
        "ServiceName": "AWS Service Catalog",
        "QuotaCode": item.code,
        "QuotaName": item.name,
        "Value": float(item.default),
        "Unit": "None",
        "Adjustable": item.adjustable,
        "GlobalQuota": False,
    }
