"""The query language: any text in, what it asks for out. Pure and total: it never raises.

`word` · `"exact phrase"` · `-not` · `prefix*` · `tag:` `type:` `is:` `site:` · `sort:`
"""

import re
import unicodedata
from dataclasses import dataclass, field

from library.search.stems import longer_words

LONGEST_QUERY = 1_000
MOST_ITEMS = 40
SHORTEST_PREFIX = 3
FILTERS = ("tag", "type", "is", "site")
SORTS = ("best", "newest", "oldest")
STATES = ("inbox", "reading", "finished", "archived")
IS_WORDS = (*STATES, "unread", "fav")
IS_SYNONYMS = {"favourite": "fav", "favorite": "fav", "favourites": "fav", "starred": "fav", "read": "finished"}
NO_TAG = "none"


@dataclass(frozen=True, slots=True)
class WordHelp:
    """One line of what can be typed."""

    group: str
    form: str
    means: str
    example: str


WORDS = (
    WordHelp("Words", "word", "articles with this word, in any of its forms", "ledger"),
    WordHelp("Words", '"exact words"', "words in this order", '"write ahead"'),
    WordHelp("Words", "-word", "articles without it", "ledger -tutorial"),
    WordHelp("Words", "begin*", "words that begin so", "data*"),
    WordHelp("Filters", "tag:", "a tag; tag:none finds articles without any", "tag:none"),
    WordHelp("Filters", "type:", "a type", 'type:"Tech Deep Dive"'),
    WordHelp("Filters", "is:", "a state: inbox, reading, finished, archived, unread or fav", "is:unread"),
    WordHelp("Filters", "site:", "where it came from", "site:example.org"),
    WordHelp("Order", "sort:", "the order: best, newest or oldest", "ledger sort:newest"),
)
EXAMPLES = {"tag": "tag:databases", "type": 'type:"Tech Deep Dive"', "is": "is:unread", "site": "site:example.org"}

_QUOTES = str.maketrans("“”„‟«»＂", '"""""""')
_ITEM = re.compile(r'(?P<minus>-*)(?:(?P<field>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)(?P<end>"?)|(?P<bare>[^\s"]+))')
_TOKEN = re.compile(r"[^\W_]+")
# What SQLite's index takes for letters of private use are words of our own there.
_PRIVATE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Words:
    """One word, or several that must follow each other. A prefix is open at its end."""

    tokens: tuple[str, ...]
    prefix: bool = False
    negative: bool = False

    def spellings(self) -> list[tuple[str, ...]]:
        """The words, and for a prefix those of its longer words that an index of stems does not find by it."""
        return [
            self.tokens,
            *((*self.tokens[:-1], word) for word in longer_words(self.tokens[-1].lower()) if self.prefix),
        ]


@dataclass(frozen=True, slots=True)
class Filter:
    field: str
    value: str
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of the query that can be taken off; `without` is the query without it."""

    field: str
    value: str
    negative: bool
    without: str


@dataclass(slots=True)
class Query:
    """What was understood; `sentences` say what was not. `text` is what no chip stands for, `kept` what chips do."""

    words: list[Words] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    sort: str = ""
    chips: list[Chip] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    text: str = ""
    kept: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.filters)

    @property
    def positive(self) -> list[Words]:
        return [words for words in self.words if not words.negative]


@dataclass(frozen=True, slots=True)
class _Item:
    """One part of the query as it was typed."""

    raw: str
    minus: bool
    field: str
    value: str
    quoted: bool
    closed: bool

    @property
    def is_sort(self) -> bool:
        return self.field == "sort"


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text as the index divides it: letters and digits only."""
    return tuple(_TOKEN.findall(text))


def parse(text: str) -> Query:
    """Read a query."""
    query = Query()
    items = _items(_clean(text, query), query)
    chips = {place for place, item in enumerate(items) if _read(item, query)}
    query.text = " ".join(item.raw for place, item in enumerate(items) if place not in chips and not item.is_sort)
    query.kept = " ".join(items[place].raw for place in sorted(chips))
    query.chips = [_chip(items, place) for place in sorted(chips)]
    return query


def _clean(text: str, query: Query) -> str:
    text = unicodedata.normalize("NFC", text.encode(errors="ignore").decode())
    text = _PRIVATE.sub(" ", text).replace("\0", " ").translate(_QUOTES)
    if len(text) > LONGEST_QUERY:
        query.sentences.append(f"Only the first {LONGEST_QUERY:,} characters were searched.")
    return text[:LONGEST_QUERY]


def _items(text: str, query: Query) -> list[_Item]:
    items = [_item(match) for match in _ITEM.finditer(text)]
    if len(items) > MOST_ITEMS:
        query.sentences.append(f"Only the first {MOST_ITEMS} words were searched.")
    return items[:MOST_ITEMS]


def _item(match: re.Match[str]) -> _Item:
    quoted, bare = match["quoted"], match["bare"] or ""
    field, value = (match["field"] or "").lower(), (bare if quoted is None else quoted).strip()
    if not field and bare[:-1].lower() in (*FILTERS, "sort") and bare.endswith(":"):
        field, value = bare[:-1].lower(), ""
    closed = quoted is None or bool(match["end"])
    raw = match[0] if closed else f'{match[0]}"'
    return _Item(raw, bool(match["minus"]), field, value, quoted is not None, closed)


def _read(item: _Item, query: Query) -> bool:
    """Take one item into the query. True if it is one that can be taken off as a chip."""
    if not item.closed and item.value:
        query.sentences.append(f"A quotation mark is missing after “{item.value}”.")
    if item.is_sort:
        return _read_sort(item, query)
    if item.field in FILTERS:
        return _read_filter(item, query)
    return _read_words(item, query)


def _read_sort(item: _Item, query: Query) -> bool:
    if item.value.lower() in SORTS:
        query.sort = item.value.lower()
    else:
        query.sentences.append(f"“sort:{item.value}” is no order. Try sort:best, sort:newest or sort:oldest.")
    return False


def _read_filter(item: _Item, query: Query) -> bool:
    value = item.value
    if not value:
        query.sentences.append(f"“{item.field}:” needs a word after the colon, such as {EXAMPLES[item.field]}.")
        return False
    if item.field == "is":
        value = IS_SYNONYMS.get(value.lower(), value.lower())
        if value not in IS_WORDS:
            known = ", ".join(f"is:{word}" for word in IS_WORDS)
            query.sentences.append(f"“is:{item.value}” says nothing about an article. Try {known}.")
            return False
    query.filters.append(Filter(item.field, value, item.minus))
    return True


def _read_words(item: _Item, query: Query) -> bool:
    """Text, also that of an unknown field: `10:30` and `std::vector` are words, not mistakes."""
    found = tokens(f"{item.field} {item.value}")
    if not found:
        if item.raw.strip('-"'):
            query.sentences.append(f"“{item.raw}” has no letter or digit to search for.")
        return False
    if item.field and not item.value.startswith((":", "/")):
        query.sentences.append(
            f"“{item.field}:” is no search word, so “{item.field}:{item.value}” was searched as text."
        )
    open_ended = item.value.endswith("*") and not item.quoted
    if open_ended and len(found[-1]) < SHORTEST_PREFIX:
        open_ended = False
        query.sentences.append(
            f"“{item.raw}” was searched as a whole word: before * stand at least {SHORTEST_PREFIX} letters."
        )
    query.words.append(Words(found, open_ended, item.minus))
    return item.minus


def _chip(items: list[_Item], place: int) -> Chip:
    item = items[place]
    without = " ".join(other.raw for other in (*items[:place], *items[place + 1 :]))
    if item.field in FILTERS:
        return Chip(item.field, item.value, item.minus, without)
    return Chip("", f"{item.field}:{item.value}".removeprefix(":"), item.minus, without)
