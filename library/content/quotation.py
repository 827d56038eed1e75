"""A passage as a quotation in Markdown, with where it comes from."""

import re

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


def quotation(quote: str, title: str, url: str = "", note: str = "") -> str:
    """The quotation, a line with its source, and the reader's own note below."""
    lines = [f"> {line}".rstrip() for line in quote.split("\n")]
    name = _SPECIAL.sub(r"\\\1", title)
    source = f"[{name}](<{url}>)" if url else name
    return "\n".join([*lines, ">", f"> {source}", *(["", note] if note else [])])
