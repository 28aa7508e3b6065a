"""The error of a resource that AWS would have refused where the emulator's service is kinder."""

from __future__ import annotations


class RefusedError(Exception):
    """A resource can't be made as asked. `code` is the service's own error code (`InvalidSubnetID.NotFound`)."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(f"{message} (Error Code: {code})")
        self.code = code
        self.message = message
