"""Where the sentences of a paragraph begin and end."""

import re

_END = re.compile(r"\n|(?<=[.!?…])[\"'”’»)\]]*\s+|(?<=[。！？])")


def sentences(text: str) -> list[tuple[int, int]]:
    """As places in the text, without the white space around them. A line ends a sentence too."""
    ends = [match.end() for match in _END.finditer(text)]
    pieces = zip([0, *ends], [*ends, len(text)], strict=True)
    return [_trimmed(text, start, end) for start, end in pieces if text[start:end].strip()]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    return start, start + len(words.strip())
