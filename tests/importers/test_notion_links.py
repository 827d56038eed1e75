"""What is read out of a link file, with every trap seen in real ones."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.importers.formats import notion_links
from library.importers.record import ImportFile, NotARecord, Record
from tests.importers.link_files import link_file


def read(text: str | bytes, name: str = "2025-09-02-The_ledger.md") -> Record:
    data = text if isinstance(text, bytes) else text.encode()
    return next(notion_links.read(ImportFile(name, data)))


def texts(record: Record) -> dict[str, str]:
    return {text.key: text.text for text in record.texts}


def test_a_link_file_is_read_whole():
    record = read(link_file())
    assert record.title == "The ledger before the ledger"
    assert (record.url, record.type, record.tags) == ("https://slow.example/ledger", "Tech Deep Dive", ("databases",))
    assert record.created == datetime(2025, 9, 1, 20, 25, tzinfo=UTC)
    assert texts(record) == {
        "overview": "- Intent first.\n- The table is a summary.",
        "summary": "Traces the log from bookkeeping.",
        "article": "A merchant kept three books.",
    }
    assert record.warnings == ()


def test_only_the_exact_headings_split_the_text():
    content = "# Part one\n\n## Overview\nplain\n\n### Content (from Notion)\n\n---\n\n## Summary of results\nend"
    assert texts(read(link_file(content=content)))["article"] == content


def test_a_heading_inside_a_code_fence_is_text():
    content = "```plain text\n## Overview (from Notion)\n# comment\n```\nafter"
    assert texts(read(link_file(overview="", content=content)))["article"] == content


def test_an_unclosed_fence_hides_no_section():
    record = read(link_file(overview="- one\n```plain text\ncode"))
    assert texts(record)["article"] == "A merchant kept three books."


def test_a_fetched_text_is_the_article_where_there_is_none():
    fetched = "## Fetched Content (from URL)\n\nfetched words\n"
    assert texts(read(link_file(content="") + fetched))["article"] == "fetched words"
    beside = texts(read(link_file() + fetched))
    assert beside["article"] == "A merchant kept three books."
    assert beside["article+"] == "fetched words"


def test_unknown_headings_that_say_where_they_come_from_are_kept():
    record = read(link_file() + "## Comments (from Lobsters)\n\nGood one.\n")
    assert texts(record)["other:Comments (from Lobsters)"] == "Good one."


def test_a_note_about_a_failed_fetch_is_kept_apart_but_an_articles_own_note_is_not():
    failed = texts(read(link_file(content="") + "## Note\n\nThe site answered 403.\n"))
    assert failed["other:Note"] == "The site answered 403."
    assert "## Note" in texts(read(link_file(content="Text.\n\n## Note\nThanks to all.")))["article"]


def test_a_note_written_here_comes_back_as_the_readers_note():
    assert texts(read(link_file() + "## Note (from Commonplace)\n\nMine.\n"))["note"] == "Mine."


def test_text_above_the_sections_belongs_to_the_article():
    text = link_file(overview="", summary="", content="").rstrip() + "\n\nJust words.\n"
    assert texts(read(text)) == {"article": "Just words."}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("['Running']", ("Running",)),
        ("[a, b, A]", ("a", "b")),
        ("", ()),
        ("null", ()),
        ("one, two", ("one", "two")),
        ("\n  - '#x/y'\n  - 1111\n  - 思源笔记", ("x/y", "1111", "思源笔记")),
        ("\"['it''s', \\\"don't\\\"]\"", ("its", "don't")),
        ("[C, C++, 'C#']", ("C", "C++", "C#")),
        ("[12:30, no, 2024-01-02]", ("12:30", "no", "2024-01-02")),
    ],
)
def test_tags_in_every_form(written, read_as):
    assert read(link_file(tags=written)).tags == read_as


@pytest.mark.parametrize("key", ["yes", "2024", "content", "handler", "no", "text"])
def test_keys_that_trip_a_loader_are_kept(key):
    text = link_file().replace("type: link", f"type: link\n{key}: odd: value")
    assert read(text).extra[key] == "odd: value"


def test_a_value_that_is_no_yaml_costs_nothing_but_a_warning():
    record = read(link_file(type="What: a [mess"))
    assert record.type == "What: a [mess"
    assert record.url == "https://slow.example/ledger"
    assert "line by line" in record.warnings[0]


def test_unknown_front_matter_is_kept_as_written():
    text = link_file().replace("source: notion", "source: email\narchived: yes\nreason: too long\nat: 12:30")
    record = read(text)
    assert record.extra == {"source": "email", "archived": "yes", "reason": "too long", "at": "12:30"}
    assert record.state == "archived"


def test_an_alias_bomb_is_refused_and_the_text_kept():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    record = read(link_file().replace("type: link\n", bomb + "type: link\n"))
    assert record.url == "https://slow.example/ledger"
    assert "aliases" in record.warnings[0]


@pytest.mark.parametrize("tags", ['"[{[]}]"', '"[0x' + "f" * 6000 + ']"', '"[' + "(" * 300 + '"', '"[1,"'])
def test_tags_that_are_no_list_of_words_cost_nothing_else(tags):
    assert read(link_file(tags=tags)).url == "https://slow.example/ledger"


@pytest.mark.parametrize("head", ["- " * 30_000 + "a: b", "? " * 20_000 + "a: b", " " * 9 + "- " * 30_000 + "x"])
def test_front_matter_that_nests_without_a_key_is_refused(head):
    text = f"---\n{head}\nurl: https://a.example/\n---\n\n# T\n\nWords."
    assert texts(read(text))["article"] == "Words."


@pytest.mark.parametrize("nest", ["[" * 30_000, "- " * 15_000, "{a: " * 9_000, "? " * 9_000])
def test_deep_nesting_is_refused_and_the_text_kept(nest):
    record = read(link_file().replace("type: link\n", f"deep: {nest}\ntype: link\n"))
    assert texts(record)["article"] == "A merchant kept three books."
    assert record.warnings


def test_a_title_that_spills_onto_a_second_line_is_one_title():
    assert read(link_file("A long title\nthat goes on")).title == "A long title that goes on"


def test_a_title_with_blanks_around_it_is_trimmed():
    assert read(link_file("  Untitled \t")).title == "Untitled"


def test_signs_written_as_html_in_a_title_are_read():
    assert read(link_file("EPA&#8217;s R&amp;D <office>")).title == "EPA’s R&D <office>"


def test_a_file_without_a_title_line_is_called_after_its_name():
    text = link_file().replace("# The ledger before the ledger\n", "")
    record = read(text, "2025-09-02-Kept_in_three_books.md")
    assert record.title == "Kept in three books"
    assert record.warnings == ("The file has no title line. Its name was taken.",)


def test_a_blank_address_is_an_article_all_the_same():
    record = read(link_file(url=""))
    assert record.url == ""
    assert record.warnings == ("The file has no address.",)


def test_an_address_that_is_none_is_kept_and_said():
    record = read(link_file(url="javascript:alert(1)"))
    assert record.url == "javascript:alert(1)"
    assert "no web address" in record.warnings[0]


def test_the_default_type_means_none_and_other_kinds_of_page_keep_theirs():
    assert read(link_file(type="link")).type == ""
    assert read(link_file(type="").replace("type: link", "type: thought", 1)).type == "Thought"


def test_a_date_that_cannot_be_read_falls_back_to_the_name():
    record = read(link_file(created="2025-02-31"))
    assert record.created == datetime(2025, 9, 2, tzinfo=UTC)
    assert "2025-02-31" in record.warnings[0]


def test_a_byte_order_mark_and_windows_line_ends_change_nothing():
    data = b"\xef\xbb\xbf" + link_file().replace("\n", "\r\n").encode()
    assert read(data) == read(link_file())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_marked_encoding_is_followed(encoding):
    assert read(link_file("Straße").encode(encoding)).title == "Straße"


def test_a_file_that_is_not_utf8_is_read_as_windows_1252():
    record = read(link_file("Café “notes”").encode("cp1252"))
    assert record.title == "Café “notes”"
    assert "Windows-1252" in record.warnings[0]


def test_nul_is_left_out_and_said():
    record = read(link_file(content="a\0b"))
    assert texts(record)["article"] == "ab"
    assert "NUL" in record.warnings[0]


@pytest.mark.parametrize(
    "data", [b"", b"  \n", b"# Just a readme\n\nWords.", b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40]
)
def test_what_is_no_link_file_is_refused_with_a_reason(data):
    with pytest.raises(NotARecord, match=r"\w+ .*\."):
        read(data)


FRAGMENTS = st.sampled_from(
    ["---\n", "# ", "## Overview (from Notion)\n", "## Content (from Notion)\n", "```\n", "tags: [", "url: ", "&a ",
     "*a ", "created: ", "\ufeff", "\0", "- ", "{", "? ", "!!python/object:os.system ", "%", "\u2028", "\udcff"]
)  # fmt: skip


@given(st.lists(FRAGMENTS | st.text(max_size=12), max_size=40))
def test_any_text_gives_a_record_or_a_reason(parts):
    data = "".join(parts).encode("utf-8", "surrogatepass")
    try:
        record = read(data)
    except NotARecord as reason:
        assert str(reason).endswith(".")
    else:
        assert "\0" not in record.title + "".join(text.text for text in record.texts)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="#`~-=:"), min_size=4))
def test_every_word_of_the_text_is_found_in_what_is_read(words):
    record = read(link_file(content=words))
    found = " ".join([record.title, *texts(record).values()]).split()
    assert set(words.split()) <= set(found)
