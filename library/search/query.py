"""The query language: any text in, what it asks for out. Pure and total: it never raises.

`word` · `"exact phrase"` · `-not` · `this OR that` · `( )` · `prefix*` · `name:value` for the names in `fields`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from library.content import words as content_words
from library.content.languages import ENGLISH, stem
from library.search.fields import FIELD_SYNONYMS, FIELDS, PLACES, complaint

LONGEST_QUERY = 1_000
MOST_ITEMS = 40
DEEPEST = 10
SHORTEST_PREFIX = 2
# A longer run of characters without blanks is no word but a sentence: its pairs are looked for one by one.
LONGEST_RUN = 4
OR = "OR"
OPERATORS_OF_OTHERS = {
    "NOT": "“NOT” was searched as a word: a - before a word leaves it out, as in -draft.",
    "AND": "“AND” was searched as a word: all words must stand in an article anyhow.",
}
SOFT_HYPHEN = "\u00ad"

_QUOTES = str.maketrans("“”„‟«»＂（）：", '"""""""():')
_ITEM = re.compile(
    r'(?P<minus>-*)(?:(?P<field>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)(?P<end>"?)|'
    r'(?P<bare>(?:[^\s"()]|\([^\s"()]*\)(?<!^\())+))'
)
_OPENING = re.compile(r"(-*)\(")


@dataclass(frozen=True, slots=True)
class Words:
    """One word, or several that must follow each other, folded. A prefix is open at its end.

    `places` are the parts of an article in which they count; none means all. `terms` are all those of the index that
    begin so, where somebody has looked and they are few.
    """

    tokens: tuple[str, ...]
    prefix: bool = False
    places: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()

    def spellings(self, languages: Sequence[str] = (ENGLISH,)) -> list[tuple[str, ...]]:
        """The terms that the index may have for these words, in texts of each of these languages."""
        return list(dict.fromkeys(tuple(self._terms(language)) for language in languages))

    @property
    def open_ended(self) -> bool:
        """A single character of a script without blanks begins the pairs that it is indexed in."""
        last = self.tokens[-1]
        return self.prefix or (len(last) == 1 and content_words.is_paired(last))

    def _terms(self, language: str) -> Iterator[str]:
        for place, token in enumerate(self.tokens, 1):
            if not content_words.is_paired(token):
                yield token if self.prefix and place == len(self.tokens) else _term(token, language)
            elif place == len(self.tokens) and len(token) > 1:
                yield from content_words.pairs(token)[:-1]
            else:
                yield from content_words.pairs(token)


def _term(token: str, language: str) -> str:
    return stem(token[: content_words.LONGEST], language) if token.isalnum() else token


@dataclass(frozen=True, slots=True)
class Filter:
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class All:
    """What must all hold; of nothing, everything."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Node = Words | Filter | All | Either | Not


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of the query that can be taken off; `without` is the query without it."""

    field: str
    value: str
    negative: bool
    without: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A filter as it was typed, and where its value stands in the text, with its quotation marks."""

    field: str
    value: str
    start: int
    end: int


@dataclass(slots=True)
class Query:
    """What was understood; `sentences` say what was not. `text` is what no chip stands for, `kept` what chips do.

    `mended` is all of it, with what was open closed: more can be put behind it. `mentions` are all filters in the order
    of `typed`, the text as it was read. `is_cut`: it is longer than what is read of one.
    """

    tree: All = field(default_factory=All)
    sort: str = ""
    chips: list[Chip] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    text: str = ""
    kept: str = ""
    mended: str = ""
    typed: str = ""
    mentions: list[Mention] = field(default_factory=list)
    is_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.tree.parts)

    @property
    def positive(self) -> list[Words]:
        """The words that an article may have been found by."""
        return list(wanted_words(self.tree))


def wanted_words(node: Node) -> Iterator[Words]:
    """Words in a part of a query that are not left out, each once."""
    if isinstance(node, Words):
        yield node
    elif isinstance(node, All | Either):
        yield from dict.fromkeys(word for part in node.parts for word in wanted_words(part))


def filters(node: Node) -> Iterator[Filter]:
    """Every filter in a part of a query."""
    if isinstance(node, Filter):
        yield node
    elif isinstance(node, Not):
        yield from filters(node.part)
    elif isinstance(node, All | Either):
        for part in node.parts:
            yield from filters(part)


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the query as it was typed. `node` is None where it asks for nothing by itself."""

    raw: str
    node: Node | None
    chip: tuple[str, str, bool] | None = None


def parse(text: str) -> Query:
    """Read a query."""
    query = Query()
    query.typed = _clean(text, query)
    parts = _joined(_Reader(query.typed, query).parts())
    query.tree = _grouped(parts)
    chips = [place for place, part in enumerate(parts) if part.chip and not _beside_or(parts, place)]
    rest = [place for place in range(len(parts)) if place not in chips and not _is_sort(parts[place])]
    query.text = " ".join(parts[place].raw for place in rest)
    query.kept = " ".join(parts[place].raw for place in chips)
    query.mended = " ".join(part.raw for part in parts)
    if any(part.node and _is_place(part.node) for part in parts) and not query.tree.parts:
        query.sentences.append("“in:” says where words must stand: type a word beside it.")
    query.chips = [_chip(parts, place) for place in chips]
    return query


def quoted(value: str) -> str:
    """A value as it can stand behind a colon."""
    bare = value.replace('"', " ")
    return bare if bare.isalnum() else f'"{bare}"'


def with_values(text: str, field: str, changed: Mapping[str, str]) -> str:
    """The query with other values in the filters of this field; every other character stays."""
    query = parse(text)
    for one in reversed(query.mentions):
        if one.field == field and one.value in changed:
            query.typed = query.typed[: one.start] + quoted(changed[one.value]) + query.typed[one.end :]
    return query.typed


def _clean(text: str, query: Query) -> str:
    text = unicodedata.normalize("NFC", text.encode(errors="ignore").decode())
    text = text.replace("\0", " ").replace(SOFT_HYPHEN, "").translate(_QUOTES).strip()
    if len(text) > LONGEST_QUERY:
        query.sentences.append(f"Only the first {LONGEST_QUERY:,} characters were searched.")
        query.is_cut = True
    return text[:LONGEST_QUERY]


def _is_or(part: _Part) -> bool:
    return part.raw == OR and part.node is None


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """Without each OR that has nothing to join on one of its sides, and without signs that stand alone."""
    sides = [part.node is not None and not _is_place(part.node) for part in parts]
    return [
        part
        for place, part in enumerate(parts)
        if part.raw.strip('-"')
        and (not _is_or(part) or (0 < place < len(parts) - 1 and sides[place - 1] and sides[place + 1]))
    ]


def _is_place(node: Node) -> bool:
    """Whether this is `in:`, which says something of its whole level."""
    part = node.part if isinstance(node, Not) else node
    return isinstance(part, Filter) and part.field == "in"


def _is_sort(part: _Part) -> bool:
    return part.node is None and not part.chip and part.raw.lower().startswith("sort:")


def _beside_or(parts: Sequence[_Part], place: int) -> bool:
    return any(0 <= each < len(parts) and _is_or(parts[each]) for each in (place - 1, place + 1))


def _chip(parts: Sequence[_Part], place: int) -> Chip:
    without = " ".join(part.raw for part in (*parts[:place], *parts[place + 1 :]))
    name, value, negative = parts[place].chip or ("", "", False)
    return Chip(name, value, negative, without)


def _grouped(parts: Sequence[_Part]) -> All:
    """The parts of one level as a tree: OR binds its two neighbours, `in:` says where the words of the level stand."""
    nodes: list[Node] = []
    joined = False
    places: list[str] = []
    for part in parts:
        if _is_or(part):
            joined = bool(nodes)
        elif isinstance(part.node, Filter) and part.node.field == "in":
            places.append(part.node.value)
        elif isinstance(part.node, Not) and isinstance(part.node.part, Filter) and part.node.part.field == "in":
            places += [place for place in PLACES if place != part.node.part.value]
        elif part.node is not None:
            nodes = [*nodes[:-1], _either(nodes[-1], part.node)] if joined else [*nodes, part.node]
            joined = False
    return All(tuple(_placed(node, tuple(dict.fromkeys(places))) for node in nodes))


def _either(one: Node, other: Node) -> Either:
    return Either((*one.parts, other) if isinstance(one, Either) else (one, other))


def _placed(node: Node, places: tuple[str, ...]) -> Node:
    """The same with its words in these places, unless they have theirs."""
    if not places:
        return node
    if isinstance(node, Words):
        return node if node.places else replace(node, places=places)
    if isinstance(node, Not):
        return Not(_placed(node.part, places))
    if isinstance(node, All | Either):
        return type(node)(tuple(_placed(part, places) for part in node.parts))
    return node


class _Reader:
    """Goes through a text once. Brackets inside a word, as in `print(x)`, are part of it."""

    def __init__(self, text: str, query: Query) -> None:
        self._text, self._query = text, query
        self._place = self._items = 0

    def parts(self, depth: int = 0) -> list[_Part]:
        found: list[_Part] = []
        while self._skip_blanks():
            if self._text[self._place] == ")":
                self._place += 1
                if depth:
                    return found
                continue
            found += self._next(depth)
            if self._items > MOST_ITEMS:
                self._say(f"Only the first {MOST_ITEMS} words were searched.")
                self._query.is_cut = True
                self._place = len(self._text)
                return found[:-1]
        if depth:
            self._say("A closing parenthesis is missing; it was set at the end.")
        return found

    def _skip_blanks(self) -> bool:
        while self._place < len(self._text) and self._text[self._place].isspace():
            self._place += 1
        return self._place < len(self._text)

    def _next(self, depth: int) -> list[_Part]:
        opening = _OPENING.match(self._text, self._place)
        if opening and depth < DEEPEST:
            return self._group(opening, depth)
        match = _ITEM.match(self._text, self._place)
        if match is None:
            self._place += 1
            return []
        self._place = match.end()
        self._items += 1
        return self._item(match)

    def _group(self, opening: re.Match[str], depth: int) -> list[_Part]:
        self._place = opening.end()
        parts = _joined(self.parts(depth + 1))
        inner = _grouped(parts)
        if not inner.parts:
            return []
        raw = f"{opening[1][:1]}({' '.join(part.raw for part in parts)})"
        return [_Part(raw, Not(inner) if opening[1] else inner)]

    def _item(self, match: re.Match[str]) -> list[_Part]:
        quoted, bare = match["quoted"], match["bare"] or ""
        name, value = (match["field"] or "").lower(), (bare if quoted is None else quoted).strip()
        if quoted is None and not name and bare.endswith(":") and bare[:-1].lower() in (*FIELDS, *FIELD_SYNONYMS):
            name, value = bare[:-1].lower(), ""
        raw = match[0]
        if quoted is not None and not match["end"]:
            raw += '"'
            if value:
                self._say(f"A quotation mark is missing after “{value}”.")
        if raw == OR:
            return [_Part(OR, None)]
        name = FIELD_SYNONYMS.get(name, name)
        if name in FIELDS:
            start = match.end("field") + 1 if match["field"] else match.end()
            self._query.mentions.append(Mention(name, value, start, match.end()))
            return [self._filter(raw, name, value, bool(match["minus"]))]
        return self._words(raw, name, value, bool(match["minus"]), quoted is not None)

    def _filter(self, raw: str, name: str, value: str, negative: bool) -> _Part:
        read = FIELDS[name].read(value) if value else None
        if read is None:
            self._say(complaint(name, value))
            return _Part(raw, None)
        if name == "sort":
            self._query.sort = read
            return _Part(raw, None)
        one = Filter(name, read)
        return _Part(raw, Not(one) if negative else one, (name, value, negative))

    def _words(self, raw: str, name: str, value: str, negative: bool, quoted: bool) -> list[_Part]:
        """Text, also that of an unknown field: `10:30` and `std::vector` are words, not mistakes."""
        text = f"{name} {value}".strip()
        found = self._tokens(text)
        if not found:
            if raw.strip('-"'):
                self._say(f"“{raw}” has no letter or digit to search for.")
            return [_Part(raw, None)]
        if name and not value.startswith((":", "/")):
            self._say(f"“{name}:” is no search word, so “{name}:{value}” was searched as text.")
        if raw in OPERATORS_OF_OTHERS:
            self._say(OPERATORS_OF_OTHERS[raw])
        node = self._as_node(raw, found, value.endswith("*") and not quoted, quoted)
        return [_Part(raw, Not(node) if negative else node, ("", text, True) if negative else None)]

    def _tokens(self, text: str) -> tuple[str, ...]:
        name = content_words.signed(text.strip(",;:!?").rstrip("."))
        return (name,) if name else tuple(found.word for found in content_words.words(text))

    def _as_node(self, raw: str, found: tuple[str, ...], prefix: bool, quoted: bool) -> Node:
        if prefix and len(found[-1]) < SHORTEST_PREFIX:
            prefix = False
            self._say(f"“{raw}” was searched as a whole word: before * stand at least {SHORTEST_PREFIX} letters.")
        run = found[-1]
        if len(found) == 1 and len(run) > LONGEST_RUN and not quoted and content_words.is_paired(run):
            return All(tuple(Words((pair,)) for pair in dict.fromkeys(content_words.pairs(run)[:-1])))
        return Words(found, prefix)

    def _say(self, sentence: str) -> None:
        if sentence not in self._query.sentences:
            self._query.sentences.append(sentence)
