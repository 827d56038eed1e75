"""Highlights as a section of a link file."""

from hypothesis import given
from hypothesis import strategies as st

from library.content import link_file
from library.content.marked_passages import Marked, read, written

ODD_LINES = ["> not a quote", "— not the end", "## Overview (from Notion)", "\\ back", "```", "x #y"]
LINES = st.sampled_from(["a note", *ODD_LINES])
NOTES = st.lists(LINES, max_size=4).map("\n".join) | st.just("one\n\ntwo")
QUOTES = st.lists(st.sampled_from(["words", "", "— dash", "> quoted", "## Note", "```"]), min_size=1).map("\n".join)
PASSAGES = st.builds(
    Marked,
    quote=QUOTES.filter(str.strip).map(lambda quote: quote.strip("\n")),
    note=NOTES,
    colour=st.sampled_from(["ochre", "woad"]),
    marked=st.just("2025-09-01T20:25:00+00:00"),
    kind=st.sampled_from(["article", "summary"]),
    tags=st.lists(st.sampled_from(["sql", "two words", "C#", "a/b"]), unique=True).map(tuple),
)


def test_a_highlight_reads_as_a_quotation_with_its_note():
    passage = Marked("The quoted\nwords.", "My note.", "woad", "2025-09-01T20:25:00+00:00", "summary", ("sql", "b"))
    assert written([passage]) == (
        "> The quoted\n> words.\n\nMy note.\n\n— woad, 2025-09-01T20:25:00+00:00, in summary, #sql #b"
    )


@given(st.lists(PASSAGES, max_size=4))
def test_what_is_written_is_read_back(passages):
    assert list(read(written(passages))) == passages


@given(st.lists(PASSAGES, min_size=1, max_size=4))
def test_nothing_in_it_begins_another_section(passages):
    body = f"\n\n## Content (from Notion)\n\nText.\n\n## Highlights (from Commonplace)\n\n{written(passages)}\n"
    assert link_file.sections(body) == {("article", ""): "Text.", ("highlights", ""): written(passages)}


def test_a_quotation_that_somebody_wrote_by_hand_is_a_highlight_too():
    assert list(read("> One.\n\nA note.\n\n> Two.\n")) == [Marked("One.", "A note."), Marked("Two.")]
