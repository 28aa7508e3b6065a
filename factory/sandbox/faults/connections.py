"""A listening socket that can cut the connections it has accepted, which an ASGI application cannot."""

from __future__ import annotations

import contextlib
import socket
from typing import Any
from weakref import WeakValueDictionary

from hypercorn.config import Config, Sockets


class Listener(socket.socket):
    """A listening TCP socket that knows its connections by the peer's address."""

    def __init__(self, fileno: int) -> None:
        super().__init__(fileno=fileno)
        self._accepted: WeakValueDictionary[Any, socket.socket] = WeakValueDictionary()

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it while it lives."""
        connection, peer = super().accept()
        self._accepted[peer] = connection
        return connection, peer

    def cut(self, peer: Any) -> None:
        """End the connection with a peer, whatever is under way on it."""
        connection = self._accepted.get(peer)
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Listening(Config):
    """hypercorn's settings, with a listening socket that is there already."""

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self._listener = listener

    def create_sockets(self) -> Sockets:
        """Give the one socket."""
        return Sockets([], [self._listener], [])
