"""House rule: detectors detect."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings

_ON = settings.exactly(True)
_ENABLED = settings.exactly("ENABLED")


class ThreatDetection(settings.SettingsRule):
    """A detector, hub or analyzer that a product makes is switched on, on every branch."""

    id = "E9806"
    shortdesc = "Detectors are on"
    description = "A detector that is switched off looks like protection and is none."
    source_url = "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html"
    mend = "Set Enable, or Status to ENABLED; leave the detector out where it is not wanted."
    controls = (
        "nist-800-53/RA-5",
        "nist-800-53/SI-4",
        "nist-800-53/SI-4(2)",
        "soc2/CC7.1",
        "soc2/CC7.2",
        "pci-dss/11.5.1",
    )
    wanted: ClassVar = {
        "AWS::GuardDuty::Detector": {
            "Enable": _ON,
            "Features.*.Status": settings.if_set(_ENABLED),
        },
        "AWS::Macie::Session": {"Status": settings.if_set(_ENABLED)},
        "AWS::SecurityHub::AutomationRule": {"RuleStatus": settings.if_set(_ENABLED)},
        "AWS::SecurityHub::Hub": {"AutoEnableControls": settings.if_set(_ON)},
        "AWS::SecurityHub::Standard": {"DisabledStandardsControls": settings.never()},
    }
