"""Under which addresses this machine can be reached, without asking anybody."""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

__all__ = ["all_reachable", "host_for_others", "is_loopback", "names_of", "reachable", "with_port"]

_ADDRESS_OF: Final = {"linux": 0x8915, "darwin": 0xC0206921}  # SIOCGIFADDR


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reachable(host: str) -> str:
    """The first of `all_reachable`."""
    return all_reachable(host)[0]


def all_reachable(host: str) -> list[str]:
    """The hosts to print for a server that listens on `host`: of all interfaces, that which leads out first.

    A classroom's own network may lead nowhere: then it is one of the others.
    """
    if host not in ("0.0.0.0", "::"):
        return [host]
    found = dict.fromkeys([*_leading_out(host), *_of_interfaces()])
    return [each for each in found if not is_loopback(each)] or ["127.0.0.1"]


def _leading_out(host: str) -> Iterator[str]:
    """Connecting a datagram socket sends nothing; it only asks the system which way it would go."""
    family, far = (
        (socket.AF_INET, "192.0.2.1") if host == "0.0.0.0" else (socket.AF_INET6, "2001:db8::1")
    )  # addresses for documentation, RFC 5737 and 3849
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((far, 9))
        yield str(probe.getsockname()[0])


def _of_interfaces() -> Iterator[str]:
    """IPv4 addresses of this machine: of each interface, where the system can be asked, else of its name."""
    asking = _ADDRESS_OF.get(sys.platform)
    if asking is None:
        with suppress(OSError):
            yield from socket.gethostbyname_ex(socket.gethostname())[2]
        return
    import fcntl  # is not everywhere

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # it has none
                asked = fcntl.ioctl(probe.fileno(), asking, struct.pack("256s", name.encode()[:15]))
                yield socket.inet_ntoa(asked[20:24])


def with_port(host: str, port: int) -> str:
    """As in an address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def host_for_others(asked: str, reachable_at: str) -> str:
    """What others type: the Host by which a page was asked for, or `reachable_at` (empty: there is none)
    where only this machine can mean the server by it.
    """
    return reachable_at if reachable_at and is_loopback(urlsplit(f"//{asked}").hostname or "") else asked


def names_of(host: str) -> tuple[str, ...]:
    """Host names that a server on `host` goes by, beside IP addresses: its own and, in a local network,
    that with `.local`.
    """
    own = socket.gethostname().lower()
    given = () if host in ("0.0.0.0", "::") else (host.lower(),)
    return (*given, own, f"{own.split('.')[0]}.local")
