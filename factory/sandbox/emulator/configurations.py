"""Calls of AWS Config by which recorders and delivery channels end, which ministack does not have."""

from __future__ import annotations

import json
from typing import Any


def end_recorders_and_channels() -> None:
    """Answer DeleteConfigurationRecorder and DeleteDeliveryChannel.

    A channel ends only while nothing records (AWS Config API Reference, "DeleteDeliveryChannel").
    """
    from ministack.core.responses import error_response_json, json_response
    from ministack.services import config

    own = config.handle_request

    def delete_recorder(asked: dict[str, Any]) -> Any:
        name = asked.get("ConfigurationRecorderName")
        if config._recorders.pop(name, None) is None:
            message = f"Cannot find configuration recorder with the specified name '{name}'."
            return error_response_json("NoSuchConfigurationRecorderException", message, 400)
        return json_response({})

    def delete_channel(asked: dict[str, Any]) -> Any:
        name = asked.get("DeliveryChannelName")
        if name not in config._delivery_channels:
            message = f"Cannot find delivery channel with specified name '{name}'."
            return error_response_json("NoSuchDeliveryChannelException", message, 400)
        if any(recorder.get("recording") for recorder in config._recorders.values()):
            message = (
                f"Failed to delete last specified delivery channel with name '{name}', because there is a running "
                "configuration recorder."
            )
            return error_response_json("LastDeliveryChannelDeleteFailedException", message, 400)
        config._delivery_channels.pop(name, None)
        return json_response({})

    added = {"DeleteConfigurationRecorder": delete_recorder, "DeleteDeliveryChannel": delete_channel}

    async def handle_request(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        answer = added.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if answer is None:
            return await own(method, path, headers, body, query)
        return answer(json.loads(body or b"{}"))

    config.handle_request = handle_request
