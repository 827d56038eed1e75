"""Bytes to text by a stated rule that never fails.

1. A byte-order mark decides: UTF-8, UTF-16 or UTF-32.
2. Else, if it is valid UTF-8, it is UTF-8.
3. Else it is Windows-1252, its five undefined bytes read as Latin-1 does.
NUL and lone surrogates are then removed or replaced as `library.content.text.clean_text` says.
"""

import codecs

from library.content.text import clean_text

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_IN_TEXT = bytes(byte for byte in range(32) if byte not in b"\t\n\f\r\x1b")
_UNDEFINED_IN_1252 = {byte: chr(byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


def decode(data: bytes) -> tuple[str, list[str]]:
    """The text of `data`, and a sentence about each thing that was repaired on the way."""
    text, warnings = _decode(data)
    if "\0" in text:
        warnings.append("The file holds NUL characters, which were left out.")
    return clean_text(text), warnings


def _decode(data: bytes) -> tuple[str, list[str]]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            damaged = "\ufffd" in text and encoding != "utf-8-sig"
            return text, [f"Some of the file is no valid {encoding.upper()}."] if damaged else []
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        return _windows_1252(data), ["The file is not UTF-8. It was read as Windows-1252."]


def _windows_1252(data: bytes) -> str:
    return data.decode("latin-1").translate(
        {byte: bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in _UNDEFINED_IN_1252}
    )


def looks_binary(data: bytes) -> bool:
    """Whether the beginning of `data` is no text: control characters where text has none, outside UTF-16 and UTF-32."""
    head = data[:4096]
    if any(head.startswith(mark) for mark, _ in MARKS):
        return False
    odd = len(head) - len(head.translate(None, _NOT_IN_TEXT))
    return odd * 20 > len(head)
