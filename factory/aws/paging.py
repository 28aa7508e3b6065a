"""Service Catalog's pages as one stream; botocore has paginators for some of its operations only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore import xform_name


def items(client: Any, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    """Every item under a key of an operation's answers, in pages as large as the operation allows.

    The operation is named as AWS does. The next page's token is called `NextPageToken`, in the tag option operations
    `PageToken`.
    """
    members = client.meta.service_model.operation_model(operation).input_shape.members
    page = {**parameters, "PageSize": members["PageSize"].metadata["max"]}
    call = getattr(client, xform_name(operation))
    while True:
        answer = call(**page)
        yield from answer.get(key, [])
        token = answer.get("NextPageToken") or answer.get("PageToken")
        if not token:
            return
        page["PageToken"] = token
