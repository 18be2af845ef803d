"""Under which addresses this machine can be reached, without asking anybody."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress

__all__ = ["is_loopback", "names_of", "reachable"]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reachable(host: str) -> str:
    """The host to print for a server that listens on `host`: of all interfaces, the one that leads out.

    Connecting a datagram socket sends nothing; it only asks the system which way it would go.
    """
    if host not in ("0.0.0.0", "::"):
        return host
    family, far = (
        (socket.AF_INET, "192.0.2.1") if host == "0.0.0.0" else (socket.AF_INET6, "2001:db8::1")
    )  # addresses for documentation, RFC 5737 and 3849
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((far, 9))
        return str(probe.getsockname()[0])
    with suppress(OSError):
        return socket.gethostbyname(socket.gethostname())
    return "127.0.0.1"


def names_of(host: str) -> tuple[str, ...]:
    """Host names that a server on `host` goes by, beside IP addresses: its own and, in a local network,
    that with `.local`.
    """
    own = socket.gethostname().lower()
    given = () if host in ("0.0.0.0", "::") else (host.lower(),)
    return (*given, own, f"{own.split('.')[0]}.local")
