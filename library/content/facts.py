"""What is computed from an article's sections whenever one is written."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from library.content.packing import packs_quickly
from library.content.text import count_words, excerpt, plain

GIST_LENGTH = 200
# Silent reading of English non-fiction: 238 words a minute on average over 190 studies (Brysbaert 2019,
# "How many words do we read per minute?", Journal of Memory and Language 109), rounded down.
WORDS_A_MINUTE = 230

_FENCE = ("```", "~~~")
_BULLET = re.compile(r"\s*(?:[-*+•]|\d{1,9}[.)])\s+(?=\S)")
_NOT_A_SENTENCE = re.compile(r"(?:#{1,6}\s|!\[|[-*_=|>\s]*$|Embed:|\{\{|\|)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*(?=\s)|(?<=[。！？])")


@packs_quickly
@dataclass(frozen=True, slots=True)
class Facts:
    """What lists show of an article, so that they need not read its texts."""

    gist: str
    words: int
    minutes: int
    has_overview: bool
    has_summary: bool
    has_article: bool
    has_note: bool


Plain = Callable[[str], str]


def facts(sections: Iterable[tuple[str, str]], plain: Plain = plain) -> Facts:
    """The facts of (kind, Markdown) pairs; kinds: overview, summary, article, note, other.

    Who needs the plain text of whole sections as well brings a `plain` that remembers it.
    """
    texts: dict[str, str] = {}
    for kind, markdown in sections:
        if markdown.strip():
            texts[kind] = f"{texts[kind]}\n\n{markdown}" if kind in texts else markdown
    words = _count(texts, plain)
    return Facts(
        gist=_gist(texts),
        words=words,
        minutes=reading_minutes(words),
        has_overview="overview" in texts,
        has_summary="summary" in texts,
        has_article="article" in texts,
        has_note="note" in texts,
    )


def reading_minutes(words: int) -> int:
    """Whole minutes, at least one where there is a word to read."""
    return max(1, round(words / WORDS_A_MINUTE)) if words else 0


def _count(texts: dict[str, str], plain: Plain) -> int:
    """Words of the text that is read: the article and other texts; where there is none, of every layer."""
    read = [texts[kind] for kind in ("article", "other") if kind in texts] or list(texts.values())
    return sum(count_words(plain(text)) for text in read)


def _gist(texts: dict[str, str]) -> str:
    found = _first_bullet(texts.get("overview", ""))
    for kind in ("summary", "article", "overview", "other"):
        found = found or _first_sentence(texts.get(kind, ""))
    return excerpt(found, GIST_LENGTH)


def _first_bullet(markdown: str) -> str:
    for line in markdown.splitlines():
        if _BULLET.match(line) and (words := plain(line)):
            return words
    return ""


def _first_sentence(markdown: str) -> str:
    """The first sentence of the first paragraph that says something; headings and code say nothing here."""
    for paragraph in _paragraphs(markdown):
        words = plain(paragraph).replace("\n", " ")
        if words:
            end = _SENTENCE_END.search(words)
            return words[: end.end()] if end else words
    return ""


def _paragraphs(markdown: str) -> Iterable[str]:
    lines: list[str] = []
    in_code = False
    for line in markdown.splitlines():
        is_fence = line.lstrip().startswith(_FENCE)
        in_code ^= is_fence
        ends = is_fence or in_code or _NOT_A_SENTENCE.match(line.lstrip())
        if lines and (ends or _BULLET.match(line)):
            yield "\n".join(lines)
            lines = []
        if not ends:
            lines.append(line)
    yield "\n".join(lines)
