"""Web addresses: when two of them are the same one, and the name of the site they lead to."""

import ipaddress
import re
import unicodedata
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

# Parameters that say how a reader came to a page, never which page it is: everything that starts with one
# of the prefixes, and the names; compared without case. Names that some site uses for its pages (`ref`,
# `source`, `id`, `s`) are not here: two links too many are better than two articles falsely made one.
TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_")
TRACKING_NAMES_BY_SENDER = {
    "Google": "gclid gclsrc gbraid wbraid dclid srsltid _ga _gl",
    "Facebook and Instagram": "fbclid fb_action_ids fb_action_types fb_source igshid igsh",
    "X": "twclid ref_src ref_url",
    "other networks": "msclkid ttclid yclid _openstat li_fat_id epik _branch_match_id",
    "Mailchimp": "mc_cid mc_eid",
    "HubSpot": "_hsenc _hsmi __hstc __hssc __hsfp hsctatracking",
    "newsletters": "mkt_tok vero_id vero_conv oly_anon_id oly_enc_id ml_subscriber ml_subscriber_hash __s",
    "Adobe and other campaigns": "s_kwcid ef_id wickedid wt_mc at_campaign at_medium",
    "Yahoo": "guccounter guce_referrer guce_referrer_sig",
}
_TRACKING_NAMES = frozenset(" ".join(TRACKING_NAMES_BY_SENDER.values()).split())

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})?|[^!-~]|[\"<>\\^`{|}]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DOTS = str.maketrans({"。": ".", "．": ".", "｡": "."})
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# Scripts that are written together; a label in any other mixture could pretend to be another name.
_WRITTEN_TOGETHER = (
    {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"},
    {"CJK", "HANGUL"},
    {"CJK", "BOPOMOFO"},
)
# A label of these alone looks like a Latin one.
_LATIN_LOOKALIKES = frozenset("асԁеһіјӏорԛѕԝхуьҽпгѵѡтвкмнαοιυνκρτγω-0123456789")


@lru_cache(maxsize=2)  # an import asks twice for each, first whether it is one; a strange one may be megabytes long
def canonical(url: str) -> str | None:
    """The form in which addresses are compared; None for what is no address of the web.

    http counts as https: the same page before and after its site's move. `www.` is kept, for it can be
    another site. The fragment goes, except `#!`, which some sites use as a path; so do a trailing slash,
    the default port and the tracking parameters above. The rest of the query names the page and is kept.
    """
    parts = _split(url)
    if parts is None or parts.scheme not in _DEFAULT_PORTS:
        return None
    place = _place(parts)
    if place is None:
        return None
    path = _without_dots(_normal_escapes(parts.path)).rstrip("/") or "/"
    query = _without_tracking(_normal_escapes(parts.query))
    fragment = _normal_escapes(parts.fragment) if parts.fragment.startswith("!") else ""
    return f"https://{place}{path}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"


def is_web_address(url: str) -> bool:
    """Whether this can be opened in a browser as a page of the web."""
    return canonical(url) is not None


def site(url: str) -> str:
    """The host as a reader knows it: without `www.`, in its own script where that cannot deceive."""
    parts = _split(url)
    host = _host(parts) if parts and parts.scheme in _DEFAULT_PORTS else None
    if not host:
        return ""
    return ".".join(_shown(label) for label in host.removeprefix("www.").split(".")) or host


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url.strip())
    except ValueError:
        return None


def _place(parts: SplitResult) -> str | None:
    """User, host and port as they stand in the canonical form."""
    host = _host(parts)
    try:
        port = parts.port
    except ValueError:
        return None
    if not host:
        return None
    user, at, _ = parts.netloc.rpartition("@")
    suffix = "" if port in (None, _DEFAULT_PORTS[parts.scheme], _DEFAULT_PORTS["https"]) else f":{port}"
    return f"{_normal_escapes(user)}{at if user else ''}{host}{suffix}"


def _host(parts: SplitResult) -> str | None:
    name = parts.hostname or ""
    if "[" in parts.netloc:
        return _address_v6(name)
    name = unicodedata.normalize("NFKC", name).lower().translate(_DOTS).removesuffix(".")
    labels = [_ascii_label(label) for label in name.split(".")]
    host = ".".join(labels)
    return host if len(host) <= 253 and all(map(_LABEL.fullmatch, labels)) else None


def _address_v6(name: str) -> str | None:
    try:
        return f"[{ipaddress.IPv6Address(name.partition('%')[0])}]"
    except ValueError:
        return None


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return "xn--" + unicodedata.normalize("NFC", label).encode("punycode").decode("ascii")
    except UnicodeError:
        return ""


def _shown(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        name = label[4:].encode().decode("punycode")
    except UnicodeError:
        return label
    return name if _ascii_label(name) == label and _is_honest(name) else label


def _is_honest(name: str) -> bool:
    """One script, or scripts that are written together, and not one that only imitates Latin."""
    if any(unicodedata.category(char)[0] not in "LMN" and char != "-" for char in name):
        return False
    letters = [char for char in name if unicodedata.category(char)[0] == "L"]
    scripts = {unicodedata.name(char, "?").split()[0] for char in letters}
    if _LATIN_LOOKALIKES.issuperset(name):
        return False
    return len(scripts) == 1 or any(scripts <= together for together in _WRITTEN_TOGETHER)


def _normal_escapes(part: str) -> str:
    """Percent-encoding in one spelling: only what needs it, as UTF-8, in capitals."""
    return _ESCAPE.sub(_escape, part)


def _escape(match: re.Match[str]) -> str:
    if match[1]:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else "%" + match[1].upper()
    return "".join(f"%{byte:02X}" for byte in match[0].encode(errors="replace"))


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    for part in path.split("/")[1:]:
        if part == "..":
            kept = kept[:-1]
        elif part != ".":
            kept.append(part)
    return "/" + "/".join(kept)


def _without_tracking(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in _TRACKING_NAMES or name.startswith(TRACKING_PREFIXES)
