"""Which port the demo listens on."""

import errno
import socket

HOST = "127.0.0.1"


class PortUnusable(Exception):
    """Nothing can listen there; the message says why."""


def choose_port(port: int) -> int:
    """`port` if it is free (any free one for 0). Raises PortUnusable with a sentence."""
    if not 0 <= port <= 65535:
        raise PortUnusable(f"{port} is no port; choose one from 1 to 65535 with --port.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that has just ended does not count
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortUnusable(f"Port {port} is taken; choose another with --port.") from error
            raise PortUnusable(f"Port {port} cannot be used ({error.strerror}); choose another with --port.") from error
        return int(probe.getsockname()[1])
