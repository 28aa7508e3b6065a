"""House rule: in production, user pools ask for a second factor."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings


class UserPoolMfa(settings.SettingsRule):
    """In production, everybody signs in to a user pool with a second factor."""

    id = "E9314"
    shortdesc = "MFA of user pools in production"
    description = "Passwords leak, and are tried at every other service: alone they let strangers in."
    source_url = "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html"
    mend = "Set MfaConfiguration to ON in production, with SOFTWARE_TOKEN_MFA among EnabledMfas."
    controls = ("nist-800-53/IA-2(1)", "nist-800-53/IA-2(2)", "soc2/CC6.1", "pci-dss/8.4.2")
    production_only = True
    wanted: ClassVar = {"AWS::Cognito::UserPool": {"MfaConfiguration": settings.exactly("ON")}}
