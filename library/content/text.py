"""Plain text: made from Markdown, cleaned, folded, cut, and turned into slugs."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

SLUG_LENGTH = 80
DIRECTION_LOOKED_AT = 1_000
STRETCH = 1_000_000
NO_TAG = "none"  # says that there is no tag, in searches and in many files: no tag is called so

_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANK = re.compile("[ \n]")
_HAN_AND_KANA = re.compile("[\u3000-\u9fff]")
# In UTF-8 the characters U+3000 to U+9FFF, and only they, start with these bytes.
_OTHER_BYTES = bytes(set(range(256)) - set(range(0xE3, 0xEA)))


def _nothing(match: re.Match[str]) -> str:
    return ""


_Rule = tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]]
# What is kept as it stands while marks are taken out, then the marks: (a text that has one contains this,
# what it looks like, what stays of it). Each pattern has one literal character to look for, which the engine
# finds at the speed of memory, and each repeated part stops at the character that could start the next
# match, so that the time grows with the length of the text and nothing else.
_KEPT: tuple[_Rule, ...] = (
    ("`", re.compile(r"`(?<![`\\]`)(`*+)([^`]++)`\1(?!`)"), lambda match: match[2]),
    ("\\", re.compile(r"\\[!-/:-@\[-`{-~]"), lambda match: match[0][1]),
)
_PLACE = re.compile("\2(\\d+)\2")
_TARGET = r"\([^()\s]*+(?:\([^()]*+\)[^()\s]*+)*+(?:\s++\"[^\"\n]*+\")?\s*+\)|\[[^\[\]]*+\]"
_MARKS: tuple[_Rule, ...] = (
    ("{", re.compile(r"\{(?=\{)[{][<%][^{}]*+\}\}"), _nothing),
    ("!", re.compile(r"!(?=\[[^\[\]]*+\][(\[])"), _nothing),
    ("[", re.compile(rf"\[(?:\^[^\[\]\s]++\]:?|([^\[\]]*+)\](?:{_TARGET}))"), lambda match: match[1] or ""),
    ("<", re.compile(r"<(?:(https?://[^<>\s]++)|[!/?a-zA-Z][^<>]*+)>"), lambda match: match[1] or ""),
    ("&", re.compile(r"&(?:\#\w{1,8}|\w{1,31});"), lambda match: clean_text(html.unescape(match[0]))),
    ("*", re.compile(r"\*(?:\*++|(?<!\w\*)(?=\S)|(?<=\S\*)(?!\w))"), _nothing),
    ("_", re.compile(r"_(?:_(?:(?<!\w__)(?=\S)|(?<=\S__)(?!\w))|(?<!\w_)(?=\S)|(?<=\S_)(?!\w))"), _nothing),
    ("~", re.compile("~~"), _nothing),
    ("\ufffc", re.compile("\ufffc"), _nothing),
)
_MARKER = re.compile(r"(?:>\s?|#{1,6}\s+|[-*+•]\s+(?:\[[ xX]\]\s+)?|\d{1,9}[.)]\s+)++")
_LINE_STARTERS = frozenset(">#-*+•0123456789")
_LINE_OF_MARKS = re.compile(r"[-*_=>#+\s]+|[|:\-\s]+|[-*+]\s+\[[ xX]\]")
_DEFINITION = re.compile(r"\[[^\[\]^][^\[\]]*\]:\s")


def clean_text(text: str) -> str:
    """Text as it is stored, the same in every database.

    The rule: line ends become LF; NUL is removed (PostgreSQL takes none); a lone surrogate, which no
    encoding can write, becomes U+FFFD, so that it is seen where something stood. All else is kept.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text


def unescaped(text: str) -> str:
    """HTML's `&amp;` as what it means. A number of thousands of digits means nothing and stays."""
    try:
        return html.unescape(text)
    except ValueError:
        return text


def single_line(text: str) -> str:
    """The text on one line, every run of white space as one blank."""
    return " ".join(clean_text(text).split())


def excerpt(text: str, length: int) -> str:
    """At most `length` characters on one line, cut between words and ended by an ellipsis."""
    text = single_line(text)
    if len(text) <= length:
        return text
    head = text[: max(length - 1, 0)]
    if text[len(head)] != " ":
        words, blank, _ = head.rpartition(" ")
        # Text without blanks (or one very long word) is cut where the room ends.
        head = words if blank and len(words) > length // 2 else head
    return head.rstrip(" ,;:–—-") + "…"


def direction(text: str) -> str:
    """ "rtl" where most of the first letters belong to a script that runs from right to left, else "ltr"."""
    sides = Counter(unicodedata.bidirectional(sign) for sign in text[:DIRECTION_LOOKED_AT])
    return "rtl" if sides["R"] + sides["AL"] > sides["L"] else "ltr"


def fold(text: str) -> str:
    """The key under which names that differ only in case or in Unicode's spelling are one."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def slug(text: str) -> str:
    """A word for addresses, in the text's own script; never empty. C, C++ and C# get three."""
    words = re.sub(r"(?<=\w)#", " sharp ", fold(clean_text(text)).replace("+", " plus "))
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else "-" for char in words)
    made = _cut_slug("-".join(filter(None, kept.split("-"))))
    if made:
        return made
    return "-".join(f"u{ord(char):x}" for char in text.strip()[:8]) or "untitled"


def _cut_slug(made: str) -> str:
    if len(made) <= SLUG_LENGTH:
        return made
    head, hyphen, _ = made[: SLUG_LENGTH + 1].rpartition("-")
    return head if hyphen else made[:SLUG_LENGTH]


def plain(markdown: str) -> str:
    """The words of a Markdown text without its marks, line by line: for search, counts and snippets.

    A quick scan and no full rendering, because an import does this thousands of times a second.
    """
    done: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        line = line.strip()
        if line.startswith(("```", "~~~")) and (not fence or line == fence):
            done.append(_inline(prose))
            prose = []
            fence = "" if fence else line[0] * (len(line) - len(line.lstrip(line[0])))
        elif fence:
            done.append(line)
        elif line:
            prose.append(_without_marker(line) if line[0] in _LINE_STARTERS or line[0] in "|[_=" else line)
    done.append(_inline(prose))
    return "\n".join(filter(None, done))


def _without_marker(line: str) -> str:
    if _LINE_OF_MARKS.fullmatch(line) or _DEFINITION.match(line):
        return ""
    if line[0] == "|":
        return line.strip("| ").replace("|", " ")
    marker = _MARKER.match(line)
    return line[marker.end() :] if marker else line


def _inline(lines: list[str]) -> str:
    text = "\n".join(filter(None, lines)).replace("\2", "")
    kept: list[str] = []
    for sign, pattern, words in _KEPT:
        if sign in text:
            text = pattern.sub(partial(_keep, kept, words), text)
    for sign, pattern, words in _MARKS:
        if sign in text:
            text = pattern.sub(words, text)
    return _PLACE.sub(lambda match: kept[int(match[1])], text) if kept else text


def _keep(kept: list[str], words: Callable[[re.Match[str]], str], match: re.Match[str]) -> str:
    kept.append(words(match))
    return f"\2{len(kept) - 1}\2"


def stretches(text: str) -> Iterator[str]:
    """A text in parts that end at a blank: the words of 28 million characters take 250 MB at once."""
    start = 0
    while start < len(text):
        blank = _BLANK.search(text, start + STRETCH)
        end = blank.end() if blank else len(text)
        yield text[start:end]
        start = end


def count_words(text: str) -> int:
    """Words of a plain text; Chinese and Japanese have no blanks and count two characters as a word."""
    characters = 0 if text.isascii() else len(text.encode(errors="replace").translate(None, _OTHER_BYTES))
    others = _HAN_AND_KANA.sub(" ", text) if characters else text
    return sum(len(stretch.split()) for stretch in stretches(others)) + (characters + 1) // 2
