"""Tables and lists of tools that few readers come from: Matter, mymind, Zotero, GoodLinks, Delicious, Readability."""

from datetime import UTC, datetime

import pytest

from library.importers.formats import delicious, goodlinks, matter, mymind, readability, zotero
from tests.importers.readings import records, refusals, texts

SAVED = datetime(2021, 3, 21, 14, 39, 19, tzinfo=UTC)
MATTER = (
    "Title,Author,Publisher,URL,Tags,Word Count,In Queue,Favorited,Read,Highlight_Count,Last Interaction Date,File Id\n"
)


@pytest.mark.parametrize(
    ("queued", "read", "state"),
    [("True", "False", "inbox"), ("False", "False", "archived"), ("True", "True", "finished")],
)
def test_matter(queued, read, state):
    row = f"The ledger,A,Slow,https://a.example/,one;two,90,{queued},True,{read},0,2021-03-21 14:39:19,f1\n"
    (record,) = records(matter, MATTER + row)
    assert (record.title, record.tags, record.key) == ("The ledger", ("one", "two"), "f1")
    assert (record.state, record.favourite, record.created) == (state, True, SAVED)
    assert record.extra == {"author": "A", "publisher": "Slow"}


def test_mymind():
    rows = 'a1,Article,The ledger,https://a.example/,,Mine,"one,two",2021-03-21T14:39:19Z\na2,Note,,,My words,,,\n'
    first, second = records(mymind, "id,type,title,url,content,note,tags,created\n" + rows)
    assert (first.title, first.tags, first.key, first.created) == ("The ledger", ("one", "two"), "a1", SAVED)
    assert (texts(first), first.extra) == ({"note": "Mine"}, {"kind": "Article"})
    assert (second.title, second.url, texts(second)) == ("My words", "", {"article": "My words"})


def test_zotero():
    names = ["Key", "Item Type", "Author", "Title", "DOI", "Url", "Abstract Note", "Date Added", "Notes"]
    cells = ["K1", "journalArticle", "A; B", "The ledger", "10.1/x", "", "Three books", "2021-03-21 14:39:19"]
    rows = [[*names, "Manual Tags", "Automatic Tags"], [*cells, "<p>My <b>note</b></p>", "one; two", "auto"]]
    table = "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    (record,) = records(zotero, table)
    assert (record.title, record.url, record.key) == ("The ledger", "https://doi.org/10.1/x", "K1")
    assert (record.tags, record.created) == (("one", "two"), SAVED)
    assert texts(record) == {"overview": "Three books", "note": "My **note**"}
    assert record.extra == {"author": "A; B", "doi": "10.1/x", "automatic_tags": "auto"}


def test_goodlinks():
    link = {
        "url": "https://a.example/",
        "originalURL": "https://t.example/a",
        "title": "The ledger",
        "summary": "Three",
    }
    dated = {"tags": ["one"], "starred": True, "addedAt": 1616337559.25, "readAt": 1616337559}
    (record,) = records(goodlinks, [{**link, **dated}])
    assert (record.title, record.tags, record.favourite) == ("The ledger", ("one",), True)
    assert (record.state, record.finished, record.created) == ("finished", SAVED, SAVED.replace(microsecond=250_000))
    assert (texts(record), record.extra) == ({"overview": "Three"}, {"original": "https://t.example/a"})


def test_delicious():
    bookmark = {"title": "The ledger", "tags": ["one", ""], "url": "https://a.example/", "description": "Three"}
    (record,) = records(delicious, [{**bookmark, "created": "1616337559", "others": 9, "owner": "me", "private": "1"}])
    assert (record.title, record.tags, record.created) == ("The ledger", ("one",), SAVED)
    assert (texts(record), record.extra) == ({"overview": "Three"}, {"private": True})


def test_readability():
    bookmark = {"article__title": "No title found", "article__excerpt": "Three &#x2019;", "favorite": True}
    dated = {"article__url": "https://a.example/", "date_added": "2021-03-21T14:39:19", "date_archived": None}
    bookmarks = [{**bookmark, **dated, "archive": False}, {**bookmark, "article__url": "data:x"}]
    assert refusals(readability, {"bookmarks": bookmarks}) == ["Its address holds data instead of leading to a page."]
    (record,) = records(readability, {"bookmarks": bookmarks[:1]})
    assert (record.title, record.state, record.favourite) == ("https://a.example/", "inbox", True)
    assert (texts(record), record.created) == ({"overview": "Three ’"}, SAVED)
