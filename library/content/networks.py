"""Addresses of machines, networks of them, and whose server an address on the web leads to."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit


def is_network(text: str) -> bool:
    """Whether this is an address or a network."""
    try:
        return bool(ip_network(text))
    except ValueError:
        return False


def within(networks: Iterable[str]) -> Callable[[str], bool]:
    """Whether an address is in one of the networks."""
    known = [ip_network(network) for network in networks]

    def is_within(address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        # A socket that serves IPv4 and IPv6 alike shows 10.0.0.1 as ::ffff:10.0.0.1.
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in known)

    return is_within


def origin(url: str) -> str | None:
    """Scheme, host and port of another server; blank for a path of this one, None for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not parts.scheme and not parts.netloc:
        return "" if url.startswith("/") else None
    is_web = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    return f"{parts.scheme}://{parts.netloc}" if is_web and not set(parts.netloc) & set("; ,'\"") else None
