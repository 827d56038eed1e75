"""Markdown with front matter of many tools, and with none."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.importers.formats import format_of, markdown_notes, notion_links
from library.importers.record import HoldsNone, ImportFile, NotARecord, Passage, Record
from tests.importers.link_files import link_file
from tests.importers.readings import Files, file_of, records, texts


def read(text: str | bytes, name: str = "A note.md") -> Record:
    (record,) = records(markdown_notes, file_of(text, name))
    return record


def article(text: str) -> str:
    return texts(read(text))["article"]


def test_a_clipping_is_read_whole():
    record = read(
        '---\ntitle: "The ledger"\nsource: "https://slow.example/ledger"\nauthor:\n  - "[[A. Merchant]]"\n'
        "published: 2024-06-15\ncreated: 2025-01-15\ndescription: Three books.\ntags:\n  - clippings\n  - money\n"
        "empty:\n---\nA merchant kept three books.\n"
    )
    assert (record.title, record.url) == ("The ledger", "https://slow.example/ledger")
    assert (record.created, record.tags) == (datetime(2025, 1, 15, tzinfo=UTC), ("clippings", "money"))
    assert texts(record) == {"overview": "Three books.", "article": "A merchant kept three books."}
    assert record.extra == {"author": ["[[A. Merchant]]"], "published": "2024-06-15"}
    assert record.warnings == ()


def test_readeck_marks_are_highlights_and_their_footnotes_notes():
    record = read(
        "---\ntitle: The ledger\nsaved: 2024-10-29\npublished: 2024-10-28\nwebsite: slow.example\n"
        "source: https://slow.example/ledger\nauthors: [A. Merchant]\nlabels: [money, 'old books']\n---\n\n"
        "# The ledger\n\nHe ==kept **three** books==[^1] and ==a pen==. See[^2].\n\n"
        "[^1]: Why three?\n\n[^2]: His own.\n"
    )
    assert record.created == datetime(2024, 10, 29, tzinfo=UTC)
    assert (record.url, record.tags) == ("https://slow.example/ledger", ("money", "old books"))
    assert record.highlights == (Passage("kept three books", "Why three?"), Passage("a pen"))
    assert texts(record)["article"].split("\n\n") == ["He kept **three** books and a pen. See[^2].", "[^2]: His own."]


@pytest.mark.parametrize(
    ("key", "value", "url"),
    [
        ("url", "https://a.example/", "https://a.example/"),
        ("Link", "https://a.example/", "https://a.example/"),
        ("website", "https://a.example/", "https://a.example/"),
        ("public-url", "https://a.example/", ""),
        ("source", "a book", ""),
        ("url", "written down", "written down"),
    ],
)
def test_the_address_stands_under_many_names(key, value, url):
    assert read(f"---\n{key}: {value}\n---\nText").url == url


def test_of_two_addresses_the_one_that_leads_somewhere_counts():
    record = read("---\nwebsite: slow.example\nsource: https://a.example/\n---\nText")
    assert (record.url, record.extra) == ("https://a.example/", {"website": "slow.example"})


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("tags: [思源笔记, 1111]", ("思源笔记", "1111")),
        ("tag: '#a/b'", ("a/b",)),
        ("tags: '#a #b/c'", ("a", "b/c")),
        ("labels: one, two words", ("one", "two words")),
        ("categories:\n  - '[[Books]]'\ntags: [x]", ("x", "Books")),
        ("tags:", ()),
        ("tags: {a: b}", ()),
        ("tags: [[a, b], c]", ("a", "b", "c")),
    ],
)
def test_tags_in_every_form(written, tags):
    assert read(f"---\n{written}\n---\nText").tags == tags


def test_unknown_keys_are_kept_and_dates_as_words_are_said():
    record = read("---\ndate: soon\nyes: 12:30\nnested: {a: [1]}\n---\nText")
    assert record.extra == {"date": "soon", "yes": "12:30", "nested": {"a": ["1"]}}
    assert record.warnings == ('"soon" is no date that can be read. It was saved under the time of the import.',)


def test_the_first_date_that_can_be_read_counts():
    record = read("---\ncreated: soon\nlast_edited: 2024-01-02\n---\nText")
    assert (record.created, record.extra) == (datetime(2024, 1, 2, tzinfo=UTC), {"created": "soon"})


def test_states_are_understood_and_others_kept():
    assert read("---\nstatus: Reading\n---\nText").state == "reading"
    assert read("---\narchived: true\n---\nText").state == "archived"
    assert read("---\nstatus: evergreen\n---\nText").extra == {"status": "evergreen"}


def test_a_page_of_notions_is_known_by_its_id():
    assert (
        read("---\nnotion-id: 152bb52e-e2b5-8017-9846-fd78b2b60ea9\n---\nText").key
        == "152bb52ee2b580179846fd78b2b60ea9"
    )


def test_plain_markdown_is_a_note_with_its_title_or_its_name():
    assert (read("# A *title*\n\nText").title, article("# A title\n\nText")) == ("A title", "Text")
    assert read("Text", "folder/My note.md").title == "My note"


def test_a_title_that_is_said_twice_is_said_once():
    assert article("---\ntitle: The ledger\n---\n# The ledger\n\nText") == "Text"
    assert article("---\ntitle: The ledger\n---\n# Part one\n\nText") == "# Part one\n\nText"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("See [[Other note]] and [[a/b|that]].", "See Other note and that."),
        ("> [!note] Title\n> Text", "> **Title**\n> Text"),
        ("> [!warning]-\n> Text", "> **Warning**\n> Text"),
        ("Text. ^ab12cd\n\n^ef34", "Text."),
        ("2 ^ 3 and x^y", "2 ^ 3 and x^y"),
        ("a == b and c == d", "a == b and c == d"),
        ("`==a==` and `[[b]]`", "`==a==` and `[[b]]`"),
        ("```\n==a== [[b]] ^c\n```", "```\n==a== [[b]] ^c\n```"),
        ("![[missing.png]]", "missing.png"),
        ("Text\n\n---\n\nMore", "Text\n\n---\n\nMore"),
    ],
)
def test_marks_of_a_notebook_become_marks_that_all_read(written, shown):
    assert article(f"Before.\n\n{written}") == f"Before.\n\n{shown}"


def test_a_passage_may_go_on_in_the_next_line_but_not_in_the_next_paragraph():
    assert read("Say ==one\ntwo== so").highlights == (Passage("one\ntwo"),)
    assert read("Say ==one\n\ntwo== so").highlights == ()


def test_pictures_of_the_vault_are_brought_along():
    files = Files(
        {
            "Vault/Notes/A.md": "![[cat one.png|200]] ![x](../img/dog.png) [pdf](<sub/b c.pdf>) ![far](https://a.example/i.png)",
            "Vault/assets/cat one.png": b"1", "Vault/img/dog.png": b"2", "Vault/Notes/sub/b c.pdf": b"3",
        }
    )  # fmt: skip
    (record,) = records(markdown_notes, files.file("Vault/Notes/A.md"))
    assert record.attachments == ("Vault/assets/cat one.png", "Vault/img/dog.png", "Vault/Notes/sub/b c.pdf")
    assert texts(record)["article"] == (
        "![](Vault/assets/cat%20one.png) ![x](Vault/img/dog.png) [pdf](Vault/Notes/sub/b%20c.pdf) "
        "![far](https://a.example/i.png)"
    )


def test_link_files_are_left_to_their_own_format():
    assert format_of(file_of(link_file(), "a.md")) is notion_links
    assert format_of(file_of(link_file().encode("utf-16"), "a.md")) is notion_links
    other = "---\nnotion_id: x\nnotion_type: page\nnotion_url: https://www.notion.so/x\n---\nText"
    assert format_of(file_of(other, "a.md")) is markdown_notes


def test_text_with_front_matter_needs_no_name():
    assert read("---\nurl: https://a.example/\n---\nText", "note").url == "https://a.example/"
    assert format_of(file_of("Just text", "note.txt")) is None


def test_another_mapping_of_keys_can_be_given():
    file = file_of("---\nwo: https://a.example/\nvon: 2024-01-02\n---\nText", "a.md")
    assert markdown_notes.columns(file) == ["wo", "von"]
    (record,) = markdown_notes.read(file, {"wo": "url", "von": "created"})
    assert (record.url, record.created) == ("https://a.example/", datetime(2024, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize("data", [b"", b" \n", b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40])
def test_what_is_no_note_is_refused_with_a_reason(data):
    with pytest.raises(NotARecord, match=r"\w+ .*\."):
        list(markdown_notes.read(ImportFile("a.md", data)))


@pytest.mark.parametrize("text", ["# A title\n", "---\ntitle: A\n---\n"])
def test_a_title_alone_is_no_note(text):
    with pytest.raises(HoldsNone, match="nothing else"):
        read(text)


HOSTILE = {
    name: piece * (1_800_000 // len(piece))
    for name, piece in {
        "marks": "==", "marks apart": "==a ", "marks of one line": "==a\n", "embeds": "![[", "links": "[[a|",
        "ids": " ^",
        "callouts": "> [!", "quotes": ">", "fences": "```\n", "ticks": "`", "ticks apart": "` `` ``` ", "targets": "](",
        "notes": "==a==[^1]\n[^1]: x\n", "notes without end": "[^1]: x\n\n   ", "files": "[a](b.png) ", "blanks": " \n",
    }.items()
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_note_takes_long(name):
    started = time.process_time()
    list(markdown_notes.read(file_of("x\n" + HOSTILE[name] + "x", "a.md")))
    assert time.process_time() - started < 10


PIECES = st.sampled_from(
    ["---\n", "tags: ", "url: https://a.example", "created: ", "title: ", "[", "]", "{", "&a ", "*a ", "==", "[^1]",
     "[^1]: ", "[[", "]]", "|", "![[", "> [!note] ", " ^id", "```", "`", "\n", "# ", "\0", "\2", "\2" + "0\2", "\ufeff",
     "\udcff", "\u2028"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=40))
def test_any_text_gives_a_note_or_a_reason(parts):
    data = "".join(parts).encode("utf-8", "surrogatepass")
    try:
        (record,) = markdown_notes.read(ImportFile("a.md", data))
    except (NotARecord, HoldsNone) as reason:
        assert str(reason).endswith(".")
    else:
        assert record.title and "\0" not in record.title + "".join(text.text for text in record.texts)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="#`~-=:[]^|%!>"), min_size=4))
def test_every_word_of_the_text_is_found_in_what_is_read(words):
    record = read(f"---\nurl: https://a.example/\n---\n\nText {words}")
    assert set(words.split()) <= set(" ".join(texts(record).values()).split())
