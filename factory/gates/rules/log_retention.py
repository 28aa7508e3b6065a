"""House rule: logs are kept for ninety days, and not for ever."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings
from factory.gates.settings import at_least

_DAYS = 90


class LogRetention(settings.SettingsRule):
    """A log group says how long it keeps what is written, and that is 90 days or more."""

    id = "E9401"
    shortdesc = "Logs kept for 90 days"
    description = (
        "An intrusion is found after weeks: what was logged when it began must still be there, and end some day."
    )
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"
    mend = "Take products.parts.logs.log_group with the question retention_days()."
    controls = (
        "nist-800-53/AU-11",
        "nist-800-53/SI-12",
        "soc2/CC7.2",
        "soc2/CC7.3",
        "gdpr/25",
        "platform/logs-90-days",
    )
    wanted: ClassVar = {
        "AWS::Logs::LogGroup": {"RetentionInDays": at_least(_DAYS)},
        "AWS::CloudTrail::EventDataStore": {"RetentionPeriod": at_least(_DAYS)},
    }
