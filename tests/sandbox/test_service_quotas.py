"""Service Quotas tells the quotas of Service Catalog, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from factory.sandbox.clients import Clients


@pytest.fixture
def quotas(clients: Clients, account: str) -> Any:
    return clients.get("service-quotas", account=account, region="us-east-1")


def test_those_of_service_catalog_are_told_as_documented(quotas: Any) -> None:
    found = quotas.list_service_quotas(ServiceCode="servicecatalog")["Quotas"]
    assert {(item["QuotaCode"], item["QuotaName"], item["Value"]) for item in found} >= {
        ("L-C6458716", "Portfolios per region", 100.0),
        ("L-764CF6A1", "Products per region", 350.0),
        ("L-A5846085", "Product versions per product", 100.0),
    }
    one = quotas.get_service_quota(ServiceCode="servicecatalog", QuotaCode="L-C6458716")["Quota"]
    assert one in found
    assert one["Adjustable"]


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("list_service_quotas", {"ServiceCode": "ec2"}, "NoSuchResourceException"),
        ("get_service_quota", {"ServiceCode": "servicecatalog", "QuotaCode": "L-0"}, "NoSuchResourceException"),
        ("list_services", {}, "UnknownOperationException"),
    ],
)
def test_what_it_does_not_know_is_refused(operation: str, arguments: dict[str, str], code: str, quotas: Any) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(quotas, operation)(**arguments)
    assert refused.value.response["Error"]["Code"] == code
