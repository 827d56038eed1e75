"""Tags and words in the order in which they are written."""

import time

import pytest

from library.importers.formats.markup import Piece, pieces, text_of
from library.importers.record import NotARecord


def test_tags_and_words_come_in_their_order():
    html = '<!doctype x><DT><a HREF=http://x/it\'s b c="1>2" C=3>q&amp;r<!-- <no> --><br/></A >s'
    assert list(pieces(html)) == [
        Piece("dt"),
        Piece("a", "", {"href": "http://x/it's", "b": "", "c": "1>2"}),
        Piece("", "q&r"),
        Piece("br"),
        Piece("/a"),
        Piece("", "s"),
    ]


def test_what_only_looks_like_a_tag_is_text():
    assert text_of("1 < 2 <3 & 4 > 5") == "1 < 2 <3 & 4 > 5"
    assert text_of("<b>bold</b> &lt;i&gt;") == "bold <i>"
    assert text_of("&#" + "9" * 5000 + ";") == "&#" + "9" * 5000 + ";"


@pytest.mark.parametrize("part", ["<", "<!", "<!--", "<a", "<a ", "<a =", '<a b="', "<a b='\"", "<a /", "&", "<b></i>"])
def test_no_text_takes_more_than_a_moment(part):
    start = time.process_time()
    for _ in pieces(part * (400_000 // len(part))):
        pass
    assert time.process_time() - start < 2


def test_a_million_tags_are_too_many():
    with pytest.raises(NotARecord, match="more than a million tags"):
        list(pieces("<" * 1_000_001))
