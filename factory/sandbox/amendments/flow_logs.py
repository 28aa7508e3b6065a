"""Flow logs as EC2 keeps them: role, format, interval and options, which the emulator forgets.

Refusals follow the Amazon EC2 API Reference; their wording was not compared with the real service.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from factory.sandbox.amendments.query import (
    Call,
    Ec2Error,
    Element,
    ForwardedError,
    among,
    child,
    items,
    keep,
    put,
    text,
)

# Source: Amazon VPC User Guide, "Flow log records".
_DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
_LOOKUPS = {"VPC": ("DescribeVpcs", "VpcId"), "Subnet": ("DescribeSubnets", "SubnetId")}
_KEPT = {
    "DeliverCrossAccountRole": "deliverCrossAccountRole",
    "DeliverLogsPermissionArn": "deliverLogsPermissionArn",
    "LogGroupName": "logGroupName",
    "DestinationOptions.FileFormat": "destinationOptions.fileFormat",
    "DestinationOptions.HiveCompatiblePartitions": "destinationOptions.hiveCompatiblePartitions",
    "DestinationOptions.PerHourPartition": "destinationOptions.perHourPartition",
}


@dataclass(slots=True)
class FlowLogs:
    """The part of one account's and region's flow logs that the emulator loses, by flow log id."""

    settings: dict[str, dict[str, str]] = field(default_factory=dict)

    async def create(self, call: Call) -> Element:
        """CreateFlowLogs for resources that exist, with a role where CloudWatch Logs is the destination."""
        kind = call.get("LogDestinationType") or "cloud-watch-logs"
        if kind == "cloud-watch-logs" and not call.get("DeliverLogsPermissionArn"):
            raise Ec2Error(
                "InvalidParameter",
                "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
            )
        destination = call.get("LogDestination") or call.get("LogGroupName")
        if not destination:
            raise Ec2Error("InvalidParameter", "LogDestination can't be empty.")
        await self._check_resources(call)
        await self._check_twins(call, destination)
        # The emulator knows the tags of a create call by another name.
        form = {name: "flow-log" if value == "vpc-flow-log" else value for name, value in call.form.items()}
        answer = await replace(call, form=form).pass_on()
        kept = {element: value for name, element in _KEPT.items() if (value := call.get(name))}
        kept["logFormat"] = call.get("LogFormat") or _DEFAULT_FORMAT
        kept["maxAggregationInterval"] = call.get("MaxAggregationInterval") or "600"
        for item in items(answer, "flowLogIdSet"):
            self.settings[item.text or ""] = kept
        return answer

    async def describe(self, call: Call) -> Element:
        """DescribeFlowLogs with everything that was set, and the filters that name a log."""
        answer = await call.pass_on()
        for log in items(answer, "flowLogSet"):
            for path, value in self.settings.get(text(log, "flowLogId"), {}).items():
                structure, _, member = path.rpartition(".")
                put(child(log, structure) if structure else log, member, value)
        filters = call.filters()
        wanted = {
            "flow-log-id": "flowLogId",
            "log-group-name": "logGroupName",
            "log-destination-type": "logDestinationType",
            "traffic-type": "trafficType",
        }
        for name, element in wanted.items():
            if name in filters:
                keep(answer, "flowLogSet", among(element, filters[name]))
        return answer

    async def delete(self, call: Call) -> Element:
        """DeleteFlowLogs."""
        for flow_log_id in call.listed("FlowLogId"):
            self.settings.pop(flow_log_id, None)
        return await call.pass_on()

    async def _check_resources(self, call: Call) -> None:
        lookup = _LOOKUPS.get(call.require("ResourceType"))
        if lookup is None:
            return
        action, parameter = lookup
        for resource_id in call.listed("ResourceId"):
            try:
                await call.ask(action, **{f"{parameter}__1": resource_id})
            except ForwardedError as error:
                raise Ec2Error(
                    f"Invalid{parameter}.NotFound", f"The resource '{resource_id}' does not exist"
                ) from error

    async def _check_twins(self, call: Call, destination: str) -> None:
        present = await call.ask("DescribeFlowLogs")
        for log in items(present, "flowLogSet"):
            same = (
                text(log, "resourceId") in call.listed("ResourceId"),
                text(log, "logDestination") == destination,
                text(log, "trafficType") == (call.get("TrafficType") or "ALL"),
            )
            if all(same):
                raise Ec2Error(
                    "FlowLogAlreadyExists",
                    "There is an existing Flow Log with the same configuration and log destination.",
                )
