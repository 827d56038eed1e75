"""Highlights find their places again, or say that they have lost them."""

import sys
import time
from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from library.content.anchors import CONTEXT, Anchor, Place, anchor, anchor_all, place, place_all
from tests.content.changes import CHANGES, TEXTS, Case, blocks, cases, plain

MILL, _ = plain(blocks(TEXTS["mill"]))
STANDS = ("exact", "near", "lost", "wrong")
SIGNS = st.sampled_from("aab \n.,'“”—-éß\u0301\u00ad\ufb01字仮ابא👍🏽\ue000")
ANY_TEXT = st.text(max_size=200) | st.text(SIGNS, max_size=200)


def verdict(case: Case, found: Place | None) -> str:
    """What has half of the true passage, and no more besides, is near; a place for what is gone is wrong."""
    if not found or not case.truth:
        return "wrong" if found else ("lost" if case.truth else "gone")
    if found == case.truth:
        return "exact"
    shared = min(found[1], case.truth[1]) - max(found[0], case.truth[0])
    return "near" if shared * 2 >= max(found[1] - found[0], case.truth[1] - case.truth[0]) else "wrong"


def judged(some: Iterable[Case]) -> Counter[str]:
    return Counter(verdict(case, place(anchor(case.before, *case.place), case.after)) for case in some)


def assert_good_enough(each: int, seed: int) -> None:
    """At least 99% of what still stands is placed exactly, and nothing on a wrong passage. `-rP` shows the figures."""
    verdicts = {kind: judged(cases(kind, each, seed)) for kind in CHANGES}
    for kind, counts in verdicts.items():
        sys.stdout.write(f"{kind:22}" + "".join(f"{name} {counts[name]:4}  " for name in (*STANDS, "gone")) + "\n")
    total = sum(verdicts.values(), Counter())
    standing = sum(total[name] for name in STANDS)
    sys.stdout.write(f"{total['exact'] / standing:.2%} of {standing} exactly\n")
    assert total["wrong"] == 0
    assert total["exact"] >= 0.99 * standing


def test_highlights_in_texts_that_change_are_placed_exactly_or_not_at_all():
    assert_good_enough(50, seed=1)


@pytest.mark.proofs
@pytest.mark.parametrize("seed", [2, 11, 23, 777])
def test_a_thousand_highlights_for_each_kind_of_change(seed):
    assert_good_enough(1_000, seed)


def passage(text: str, words: str) -> Place:
    start = text.index(words)
    return start, start + len(words)


def found(made: Anchor, text: str) -> str | None:
    there = place(made, text)
    return text[slice(*there)] if there else None


def test_a_mended_typo_and_a_footnote_belong_to_the_passage():
    before = "He came late. The machien stood in the old hall, and nobody had oiled it. They left it there."
    made = anchor(before, *passage(before, "The machien stood in the old hall"))
    assert found(made, before.replace("machien", "machine")) == "The machine stood in the old hall"
    assert found(made, before.replace("old hall", "old[3] hall")) == "The machien stood in the old[3] hall"


def test_a_refrain_whose_verse_was_cut_does_not_jump_to_another():
    refrain = "The river keeps its own accounts."
    first = MILL.index(refrain)
    made = anchor(MILL, first, first + len(refrain))
    assert place(made, MILL[: first - 150] + MILL[first + 200 :]) is None
    assert place(made, "Foreword.\n\n" + MILL) == (first + 11, first + 11 + len(refrain))


def test_an_entry_of_a_list_of_formulas_is_not_taken_for_the_next():
    line = "In 1872 the harvest was poor, and the mill ran from September until Christmas with many stops.\n\n"
    assert place(anchor(MILL, *passage(MILL, line.strip())), MILL.replace(line, "")) is None


def test_a_quote_alone_is_placed_where_it_stands_once():
    quote = '"It never promised anything,\nand it never failed to turn up."'
    there = found(Anchor(quote.replace('"', "”")), MILL)
    assert there == quote.replace("\n", " ")
    assert place(Anchor("The river keeps its own accounts."), MILL) is None
    assert place(Anchor("mill"), MILL) is None
    assert place(Anchor("Nobody ever wrote such a sentence about mills."), MILL) is None
    assert place(Anchor("", start=0, end=0), MILL) is None


def test_a_place_without_context_is_kept_while_the_quote_is_there():
    assert place(Anchor("mill", start=9, end=13), "The last mill on the Arle") == (9, 13)


@pytest.mark.parametrize(
    ("before", "words", "after", "expected"),
    [
        ("古池や蛙飛び込む水の音。静かな夜だった。", "蛙飛び込む水の音",
         "ある日。古池や\n蛙飛び込む\n水の音。静かな夜だった。", "蛙飛び込む\n水の音"),
        ("كان الكتابُ على الطاولة قرب النافذة المفتوحة.", "الكتابُ على الطاولة",
         "قال: كان الكتابُ على  الطاولة قرب النافذة.", "الكتابُ على  الطاولة"),
        ("בראשית ברא אלהים את השמים ואת הארץ.", "אלהים את השמים",
         "שלום. בראשית ברא אלהים  את השמים ואת הארץ.", "אלהים  את השמים"),
        ("Well done 👍🏽 to the whole crew of the boat!", "👍🏽 to the whole crew",
         "So: Well done 👍🏽  to the whole crew of the boat!", "👍🏽  to the whole crew"),
        ("Ein schönes Café in der Straße am Fluss.", "schönes Café",
         "Ein scho\u0308nes Cafe\u0301 in der STRASSE am Fluss.", "scho\u0308nes Cafe\u0301"),
        ("This is a re\u00admark\u00adable ﬁnding of the year.", "re\u00admark\u00adable ﬁnding",
         "Yes. This is a remarkable finding of the year.", "remarkable finding"),
    ],
)  # fmt: skip
def test_every_script_has_its_passages(before, words, after, expected):
    assert found(anchor(before, *passage(before, words)), after) == expected


def test_the_more_a_passage_is_like_others_the_more_context_it_keeps():
    lengths = [
        len(anchor(MILL, *passage(MILL, words)).suffix)
        for words in ("suspected, as millers always are", "In 1873 the harvest was middling", "The river keeps its own")
    ]
    assert lengths == list(CONTEXT[:3])


def test_many_anchors_are_as_one():
    places = [passage(MILL, words) for words in ("patient person", "Boy. Water low.", "Two visitors left")]
    made = anchor_all(MILL, places)
    assert made == [anchor(MILL, *each) for each in places]
    assert place_all(made, "Foreword.\n\n" + MILL) == [(start + 11, end + 11) for start, end in places]


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 2), (-1, 2), (0, 99)])
def test_no_passage_has_no_anchor(start, end):
    with pytest.raises(ValueError, match="is no passage of 5 characters"):
        anchor("hello", start, end)


@settings(deadline=None)
@given(st.data(), ANY_TEXT.filter(bool))
def test_in_the_same_text_every_passage_is_where_it_was(data, text):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert place(anchor(text, start, end), text) == (start, end)


@settings(deadline=None)
@given(st.data(), ANY_TEXT)
def test_what_is_written_before_a_text_moves_its_passages(data, added):
    start = data.draw(st.integers(1, len(MILL) - 2))
    end = data.draw(st.integers(start + 1, min(len(MILL) - 1, start + 300)))
    assume(MILL[start:end] not in added)
    assert place(anchor(MILL, start, end), added + MILL) == (start + len(added), end + len(added))


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, st.none() | st.integers(0, 300), st.none() | st.integers(0, 300))
def test_a_place_is_always_within_the_text(quote, prefix, suffix, text, start, end):
    there = place(Anchor(quote, prefix, suffix, start, end), text)
    assert there is None or 0 <= there[0] < there[1] <= len(text)


@pytest.mark.parametrize("text", ["a" * 400_000, "ab" * 200_000, "e\u0301" * 150_000, "The same again. " * 20_000])
def test_a_text_that_repeats_itself_takes_no_longer_than_others(text):
    begun = time.process_time()
    made = anchor_all(text, [(start, start + 300) for start in range(0, 20_000, 1_000)] + [(5_000, 250_000)])
    place_all(made, f"Foreword. {text[:9_000]}x{text[9_000:]}")
    assert time.process_time() - begun < 10
