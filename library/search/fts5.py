"""What FTS5 is given of a document, and what it is asked for.

A term stands in quotation marks wherever it reaches FTS5, so its query syntax never does.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from library.search.documents import FIELDS, Document
from library.search.plan import Plan, Tagged
from library.search.query import All, Either, Not, Words

# Terms of our own, among the tags, begin with characters for private use: no text is indexed with those.
TAG_MARK, EVERY, NEVER = "\uf8fd", '"\uf8ff"', '"\uf8fa"'
# The terms of these stand among the tags once more, each with its mark: to be found there without reading through
# those of all texts.
MARKS = {"title": "\uf8fe", "notes": "\uf8fc", "highlights": "\uf8fb"}


def columns_of(document: Document) -> list[str]:
    """The terms of each field. Among the tags stand a term for each tag itself, so that C and C++ differ; the terms of
    MARKS; one that every document has."""
    terms = document.terms
    marked = (mark + term for name, mark in MARKS.items() for term in terms[name].split())
    tags = " ".join((terms["tags"], *map(_tag_term, document.tag_ids), *marked, EVERY.strip('"')))
    return [terms[name] for name in FIELDS[:-1]] + [tags]


def _tag_term(tag_id: int) -> str:
    return f"{TAG_MARK}{tag_id}"


def expression(plan: Plan) -> str:
    """What FTS5 is asked for."""
    return _all(plan.index, plan.languages)


def _all(parts: Iterable[Any], languages: Sequence[str]) -> str:
    parts = list(parts)
    found = _one_by_one([_one(part, languages) for part in _rarest_first(parts)]) or EVERY
    unwanted = " OR ".join(_one(part.part, languages) for part in parts if isinstance(part, Not))
    return f"({found}) NOT ({unwanted})" if unwanted else found


def _rarest_first(parts: Sequence[Any]) -> list[Any]:
    """What must all hold. Words are given in this order, and are rarer where only their marked terms count; a tag is
    rarer than most words, but not than the rarest."""
    marked = [part for part in parts if isinstance(part, Words) and _is_marked(part)]
    tags = [part for part in parts if isinstance(part, Tagged)]
    others = [part for part in parts if not isinstance(part, Tagged | Not) and part not in marked]
    return [*marked, *others[:1], *tags, *others[1:]]


def _is_marked(words: Words) -> bool:
    return bool(words.places) and set(words.places) <= MARKS.keys()


def _one_by_one(expressions: Sequence[str]) -> str:
    """All of these. Of a plain AND, FTS5 brings every word to each place to which one of them comes; of pairs, each
    inside the next, a word only to those where the rarer ones before it stand together: twelve words take it 0.8 ms in
    place of 15 (100,000 articles). It would take pairs of AND alone for a plain one, hence the OR."""
    found = expressions[0] if expressions else ""
    for place, other in enumerate(expressions[1:], 2):
        found = f"{found} AND {other}" if place == len(expressions) else f"(({found} AND {other}) OR {NEVER})"
    return found


def _one(part: Any, languages: Sequence[str]) -> str:
    if isinstance(part, Words):
        return quoted(part, languages)
    if isinstance(part, Tagged):
        return f'"{_tag_term(part.tag_id)}"'
    if isinstance(part, Either):
        return f"({' OR '.join(_one(each, languages) for each in part.parts) or EVERY})"
    return f"({_all(part.parts if isinstance(part, All) else [part], languages)})"


def quoted(words: Words, languages: Sequence[str]) -> str:
    """Words for FTS5, in quotation marks: the terms that they may have become, in the places where they count."""
    if _is_marked(words):
        asked = [one for place in words.places for one in _spelt(words, languages, MARKS[place])]
        return f"({' OR '.join(asked)})"
    found = f"({' OR '.join(_spelt(words, languages))})"
    return f"{{{' '.join(words.places)}}} : {found}" if words.places else found


def _spelt(words: Words, languages: Sequence[str], mark: str = "") -> list[str]:
    if words.terms:
        return [f'"{mark}{term}"' for term in words.terms]
    end = " *" if words.open_ended else ""
    return [f'"{" ".join(mark + term for term in terms)}"{end}' for terms in words.spellings(languages)]
