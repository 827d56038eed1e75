"""Makes loosely written Markdown strict, line by line, before it is read as Markdown.

Exports write a list directly under a paragraph, nest by two blanks or four, end a paragraph with a single
line break, leave bullets empty and fences open. Readers see what was meant; the parser wants blank lines and
four blanks a level. Code is taken out first, so that nothing here can change it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# A longer line was not wrapped by hand: the line after it is a paragraph of its own.
HAND_WRAPPED = 100
LEVEL = 4

_FENCE = re.compile(r"(?P<before>[ \t]*(?:>[ \t]?)*[ \t]*)(?P<mark>`{3,}(?=[^`]*$)|~{3,})[ \t]*(?P<info>.*)")
_WORD = re.compile(r"[\w+#.-]+")
_NO_LANGUAGE = {"", "plain", "plaintext", "text", "txt", "none"}
_RULE = re.compile(r" {0,3}(?:(?:-[ ]*){3,}|(?:\*[ ]*){3,}|(?:_[ ]*){3,})")
_UNDERLINE = re.compile(r"(?:-+|=+)\s*")
_ITEM = re.compile(r"(?P<indent> *)(?P<mark>[-*+•]|(?P<number>\d{1,9})[.)])(?P<gap> +)(?P<text>\S.*)")
_EMPTY_ITEM = re.compile(r" *(?:[-*+•]|\d{1,9}[.)]|[-*+] \[[ xX]?\]) *")
_HEADING = re.compile(r" {0,3}#{1,6}\s")
# As site generators write them; `toc0` in `## Why {#toc0}` is no word of the text.
_HEADING_ID = re.compile(r"[ \t]*\{#[\w:.'-]+\}[ \t]*$")
_HASHTAG = re.compile(r" {0,3}(?=#[^#\s])")
_TABLE_RULE = re.compile(r" *\|?(?: *:?-+:? *\|)+ *(?::?-+:?)? *")
_SHORTCODE = re.compile(r"(?P<code>`[^`]*+`)|\{\{[<%](?P<body>[^{}]*+)\}\}")
_ALT = re.compile(r'\balt="([^"]*)"')


def without_code(lines: list[str], store: Callable[[str, str], str]) -> Iterator[str]:
    """The lines with a place holder, given by `store(language, code)`, for every fenced block.

    A fence that is never closed holds all the rest.
    """
    rest = iter(lines)
    for line in rest:
        opened = _FENCE.fullmatch(line)
        if not opened:
            yield line
            continue
        code = "\n".join(_fenced(rest, opened["before"], opened["mark"]))
        yield from _apart(opened["before"], store(_language(opened["info"]), code))


def _fenced(lines: Iterator[str], before: str, mark: str) -> Iterator[str]:
    closing = re.compile(rf"\s*{re.escape(mark[0])}{{{len(mark)},}}\s*")
    depth = before.count(">")
    for line in lines:
        line = _unquoted(line, depth)
        if closing.fullmatch(line):
            return
        indent = len(line) - len(line.lstrip(" "))
        yield line[min(indent, len(before) - depth) :] if not depth else line


def _unquoted(line: str, depth: int) -> str:
    for _ in range(depth):
        line = line.lstrip().removeprefix(">").removeprefix(" ")
    return line


def _apart(before: str, place: str) -> Iterator[str]:
    """The place holder as a block of its own, inside the quote or the list item it stood in."""
    blank = before.rstrip() if ">" in before else ""
    yield from (blank, before + place, blank)


def _language(info: str) -> str:
    word = _WORD.search(info)
    name = word[0].strip(".").lower() if word else ""
    return "" if name in _NO_LANGUAGE else name


def without_shortcodes(line: str) -> str:
    """Without the marks of a site generator, `{{< name … >}}`; of a picture, what it shows stays."""
    return _SHORTCODE.sub(_words_of_shortcode, line) if "{{" in line else line


def without_heading_id(line: str) -> str:
    return _HEADING_ID.sub("", line) if "{#" in line and _HEADING.match(line) else line


def _words_of_shortcode(match: re.Match[str]) -> str:
    if match["code"]:
        return match["code"]
    alt = _ALT.search(match["body"])
    return f"[Image: {alt[1]}]" if alt and alt[1].strip() else ""


@dataclass(slots=True)
class _Item:
    indent: int
    content: int
    is_numbered: bool


@dataclass(slots=True)
class Strict:
    """Takes lines one by one and writes them as the parser wants them, to `written`."""

    written: list[str] = field(default_factory=list)
    _open: list[_Item] = field(default_factory=list)
    _last: str = ""
    _in_table: bool = False
    _in_raw: bool = False

    def add(self, line: str, following: str) -> None:
        if self._in_raw or line.lstrip().lower().startswith("<pre"):
            self._in_raw = "</pre" not in line.lower()
            self.written.append(line)
        elif not line.strip():
            self._write("", "")
        elif _RULE.fullmatch(line):
            self._rule(line)
        elif _EMPTY_ITEM.fullmatch(line):
            return
        elif (item := _ITEM.fullmatch(line)) and self._may_begin(item):
            self._item(item, line)
        else:
            self._text(line, following)

    def _write(self, line: str, original: str) -> None:
        self._in_table = self._in_table and bool(line)
        self.written.append(line)
        self._last = original

    def _apart(self) -> None:
        if self._last:
            self._write("", "")

    def _rule(self, line: str) -> None:
        """A rule, or the underline of a short heading; under a long line or a list it was meant as a rule."""
        if self._open or len(self._last) > HAND_WRAPPED or not _UNDERLINE.fullmatch(line):
            self._apart()
        self._open.clear()
        self._write(line, line)

    def _may_begin(self, item: re.Match[str]) -> bool:
        """As in CommonMark, only a number one may begin a list in the middle of a paragraph."""
        if self._open:
            return True
        starts = not self._last or not item["number"] or item["number"] == "1" or len(self._last) > HAND_WRAPPED
        return starts and len(item["indent"]) < LEVEL

    def _item(self, item: re.Match[str], line: str) -> None:
        indent, is_numbered = len(item["indent"]), bool(item["number"])
        was_open = bool(self._open)
        while len(self._open) > 1 and indent < self._open[-1].indent:
            self._open.pop()
        sibling = self._open and indent < self._open[-1].indent + 2
        if sibling and self._open.pop().is_numbered != is_numbered or not was_open:
            self._apart()
        self._open.append(_Item(indent, item.start("text"), is_numbered))
        mark = f"{item['number']}." if is_numbered else "-"
        self._write(f"{' ' * LEVEL * (len(self._open) - 1)}{mark} {item['text']}", line)

    def _text(self, line: str, following: str) -> None:
        indent = len(line) - len(line.lstrip(" "))
        if self._open and not self._last and indent == 0 or self._starts_anew(line, following, indent):
            self._apart()
            self._open.clear()
        while self._open and 0 < indent < self._open[-1].indent + 2:
            self._open.pop()
        if self._open:
            extra = max(0, indent - self._open[-1].content) if not self._last else 0
            self._write(" " * (LEVEL * len(self._open) + extra) + line.lstrip(" "), line)
        else:
            self._write(_HASHTAG.sub(r"\\", line), line)
        self._in_table = self._in_table or bool(_TABLE_RULE.fullmatch(line))

    def _starts_anew(self, line: str, following: str, indent: int) -> bool:
        """Whether this line belongs to no paragraph above it, though no blank line says so."""
        last = self._last
        if not last:
            return False
        if "|" in line and (self._in_table or _TABLE_RULE.fullmatch(line)):
            return False
        if indent >= 2 and self._open:
            return False
        return (
            self._in_table
            or len(last) > HAND_WRAPPED and not last.lstrip().startswith("<")
            or bool(_HEADING.match(line))
            or "|" in line and bool(_TABLE_RULE.fullmatch(following))
            or last.lstrip().startswith(">") and not line.lstrip().startswith(">")
            or line.startswith("Embed: ") or last.startswith("Embed: ")
        )  # fmt: skip


def strict(lines: list[str]) -> list[str]:
    """The lines, free of code, as the parser wants them."""
    writer = Strict()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        writer.add(without_heading_id(without_shortcodes(line)), following)
    return writer.written
