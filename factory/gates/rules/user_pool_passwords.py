"""House rule: passwords of user pools are long and mixed."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings

_POLICY = "Policies.PasswordPolicy"


class UserPoolPasswords(settings.SettingsRule):
    """Passwords of a user pool have twelve characters at least, of every kind."""

    id = "E9315"
    shortdesc = "Password policy of user pools"
    description = "Short or plain passwords are guessed."
    source_url = "https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html"
    mend = "Set Policies.PasswordPolicy: MinimumLength 12 or more, and all four Require… on."
    controls = ("nist-800-53/IA-5(1)", "soc2/CC6.1", "pci-dss/8.3.6")
    wanted: ClassVar = {
        "AWS::Cognito::UserPool": {
            f"{_POLICY}.MinimumLength": settings.at_least(12),
            f"{_POLICY}.RequireLowercase": settings.exactly(True),
            f"{_POLICY}.RequireNumbers": settings.exactly(True),
            f"{_POLICY}.RequireSymbols": settings.exactly(True),
            f"{_POLICY}.RequireUppercase": settings.exactly(True),
        }
    }
