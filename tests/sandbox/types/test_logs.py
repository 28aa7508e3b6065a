"""Saved queries are recorded, under an id that an update keeps."""

from __future__ import annotations

from typing import Any


def test_a_query_keeps_its_id(stacks: Any) -> None:
    def query(text: str) -> dict[str, Any]:
        properties = {"Name": "errors", "QueryString": text}
        return {"Query": {"Type": "AWS::Logs::QueryDefinition", "Properties": properties}}

    outputs = {"Id": {"Fn::GetAtt": ["Query", "QueryDefinitionId"]}}
    assert stacks.put("logs", query("fields @message"), outputs) == "CREATE_COMPLETE", stacks.reasons("logs")
    before = stacks.outputs("logs")["Id"]
    assert before == stacks.resource("logs", "Query")

    assert stacks.put("logs", query("fields @timestamp"), outputs) == "UPDATE_COMPLETE"
    assert stacks.outputs("logs")["Id"] == before
    assert stacks.delete("logs") == "DELETE_COMPLETE"
