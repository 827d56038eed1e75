"""Search is total: any text, in any order, from any place gives results or a sentence, never an error."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.models import Highlight, User
from library.search import SORTS, count, indexing, search
from library.search.facets import facets
from library.search.query import DEEPEST, LONGEST_QUERY, MOST_ITEMS
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
patient = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

FIELDS = ["tag:", "-tag:a", "type:x", "is:unread", "in:notes", "-in:title", "has:highlight", "site:", "saved:2026",
          "saved:..2026", "finished:7d", "length:<10", "progress:0", "colour:woad", "import:1", "sort:", "sort:title",
          "host:[::1]", "import:999999999999999999"]  # fmt: skip
WORDS = ["ledger", "le", "led*", "l*", "*", "OR", "学习", "学", "C++", ".NET", "3.11.", "½", "é", "e\u0301", "ﬁ", "İ"]
# What means something to FTS5, to a tsquery, to SQL, to a cursor's placeholders, or to none of them.
SYNTAX = ["NEAR(", "NEAR/2", "AND", "NOT", "^", "title:", "{title}:", "- {a b}:", "+", "rank", "<->", "<2>", ":*", ":A",
          "&", "|", "!", "\\", "'", "''", ";--", "%", "%s", "%(a)s", "{0}", "$1", "?", "\x1a"]  # fmt: skip
SIGNS = ['"', "“", "-", "--", "*", "(", ")", "()", " ", "\t", "\n", "\u00a0", "\0", "\ud800", "\udfff", "\ufeff",
         "\u200f", "\u202e", "\u0301", "\uf8fb", "\uf8fd1", "\uf8ff", "\U000f0000", "#", "#1",
         "\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\U0010ffff"]  # fmt: skip
pieces = st.lists(st.sampled_from([*FIELDS, *WORDS, *SYNTAX, *SIGNS]), max_size=60)
typed = st.text() | pieces.map("".join) | pieces.map(" ".join)
HARD = [
    "\0", '"\0"', "\ud800", '-"', 'tag:"', "{title tags} : x", 'NEAR("a b" "c d", 2)', "a:* & !b | (c <-> d)", "%s",
    "(" * 500 + "ledger" + ")" * 500, "(ledger OR " * 500, "-(" * 500 + "a", "ledger " * 2_000, "le" * 5_000, "^a",
    "学" * 10_000, '"' * 10_001, "a*" * 5_000, "tag:a " * 1_700, "-a " * 3_300, "1.2.3.4.5 3.11 .5 5.", "-ledger",
    "in:title " * 1_000, "saved:9999-12-31..0001-01-01 a", "progress:999999 length:999999..0", "OR " * 3_000 + "a",
    "e\u0301" * 4_000, "\U0001f469\u200d\U0001f467 ledger", "x\u0300\u0301\u0302*", "ledger\u0000*",
    "-(a OR -(b -c))", "\u202eledger\u202c",
]  # fmt: skip


@pytest.fixture
def shelved(reader) -> User:
    if not reader.links.exists():
        for number in range(3):
            link = article(reader, f"The ledger of 学习 ½, {number}", ("a", "C++"), type="x", article="le 3.11 .NET %s")
            Highlight.objects.create(link=link, quote="le 3.11", colour="woad")
        indexing.drain()
    return reader


@patient
@given(text=typed, key=st.text(max_size=8) | st.integers().map(str))
def test_any_text_gives_results_or_a_sentence(shelved, text, key):
    answers(shelved, text, key)


@pytest.mark.parametrize("text", HARD, ids=lambda text: ascii(text[:20]))
def test_hard_texts_give_results_or_a_sentence(shelved, text):
    answers(shelved, text, "")


@pytest.mark.parametrize("key", ["", "x", "-1", "0", "²", "９", "9" * 18, "9" * 400, "1.5", "\0", "\ud800"])
def test_keys_of_pages_that_are_none_give_a_page(shelved, key):
    for text in ("ledger", "ledger -x OR tag:a", "is:unread"):
        answers(shelved, text, key)


def answers(owner: User, text: str, key: str) -> None:
    """Whichever way it is sorted, the same number is found, and no page shows more than there are."""
    total = count(owner, text)
    for sort in (*SORTS, "none", ""):
        results = search(owner, text, sort)
        assert results.total == total <= 3
        assert len(results.links) == len(set(results.links)) <= 3
        assert results.query or results.sentences or not text.strip(' \t\n\u00a0()*"-\0') or not results.links
        for keys in ({"after": key}, {"before": key}) if key else ():
            assert len(search(owner, text, sort, **keys, limit=1).links) <= 1
    facets(owner, text)


@pytest.mark.parametrize("text", HARD, ids=lambda text: ascii(text[:20]))
def test_the_page_of_a_hard_text_is_a_page(reading, shelved, text):
    sent = text.encode(errors="ignore").decode()[:3_000]
    more = {"with": "tag:a", "narrow": "1", "sort": "x", "after": "²"}
    assert reading.get("/search/", {"q": sent, **more}, follow=True).status_code == 200
    assert reading.get("/search/", {"q": sent, "narrow": "1"}).status_code == 200


def test_what_is_cut_off_is_said(shelved):
    assert search(shelved, "学" * 10_000).sentences[0] == f"Only the first {LONGEST_QUERY:,} characters were searched."
    assert search(shelved, "a " * 400).sentences[-1] == f"Only the first {MOST_ITEMS} words were searched."
    assert search(shelved, "(" * DEEPEST + "ledger").total == 3
