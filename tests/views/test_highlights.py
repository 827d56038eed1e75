"""What the reader marks: painted where it stands, with its note beside it, and changed at its own address."""

import re

import pytest

from library.content.anchors import Anchor
from library.highlighting import LONGEST, mark
from library.models import Highlight, Section
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
TEXT = "The first book lay *open* on the counter.\n\nOne debt. One [quarrel over pepper](https://x.example). Peace."


@pytest.fixture
def link(reader):
    return article(reader, "The ledger", url="https://slow.example/x", overview="- Three books.", article=TEXT)


def put(link, quote: str, kind: str = "article", colour: str = "ochre", note: str = "") -> Highlight:
    return mark(link.sections.get(kind=kind), Anchor(quote), colour, note)[0]


def read(client, link, **query: str) -> str:
    return client.get(f"/read/{link.pk}-{link.slug}/", query).content.decode()


def marked(page: str) -> list[tuple[str, str, str]]:
    """Colour, id and words of each first piece."""
    return re.findall(r'<mark class="hl (\w+)" id="(hl-\d+)"[^>]*>([^<]*)', page)


def send(client, link, quote: str, at: int = 0, **more: object):
    values = {"section": link.sections.get(kind="article").pk, "start": at, "end": at + len(quote), "quote": quote,
              "colour": "woad", "note": ""}  # fmt: skip
    return client.post(f"/read/{link.pk}/highlights/", values | more)


# --- the page


def test_highlights_are_painted_and_numbered_in_the_order_of_the_page(reading, link):
    second = put(link, "The first book lay open")
    first = put(link, "Three books.", "overview", "madder")
    page = read(reading, link)
    assert marked(page) == [
        ("madder", f"hl-{first.pk}", "Three books."),
        ("ochre", f"hl-{second.pk}", "The first book lay "),
    ]
    assert 'data-says=" Highlight 1, Madder: "' in page
    assert page.count('data-says=" Highlight 2, Ochre: "') == 1
    assert "2 highlights" in page


def test_a_number_behind_the_passage_leads_to_the_note_and_back(reading, link):
    made = put(link, "One debt. One quarrel over pepper", note="Why *pepper*?")
    page = read(reading, link)
    number = page.split("over pepper</mark></a><a ")[1].split(">")[0]
    assert f'href="#note-{made.pk}"' in number
    assert 'aria-label="End of highlight 1, to its note"' in number
    note = page.split(f'id="note-{made.pk}"')[1].split("</aside>")[0]
    assert f'href="#hl-{made.pk}"' in note
    assert "Why <em>pepper</em>?" in note
    assert page.index(f'id="hl-{made.pk}"') < page.index("Peace.") < page.index(f'id="note-{made.pk}"')


def test_a_highlight_without_a_note_leads_to_its_own_page(reading, link):
    made = put(link, "One debt. One")
    assert f'class="ref ochre" href="/highlights/{made.pk}/"' in read(reading, link)
    assert "<aside" not in read(reading, link)


def test_a_passage_may_cross_paragraphs_and_others(reading, link):
    put(link, "open on the counter.\nOne debt.")
    put(link, "on the counter.", colour="woad")
    page = read(reading, link)
    assert page.count('class="hl ochre"') == 4
    assert re.search(r'<mark class="hl ochre"[^>]*><mark class="hl woad"[^>]*>on the counter\.</mark>', page)


def test_highlights_and_the_matches_of_a_search_stand_in_each_other(reading, link):
    put(link, "The first book lay open")
    page = read(reading, link, q="book")
    assert re.search(r'The first </mark>|The first <mark class="match" id="match-2"[^>]*>book</mark> lay', page)


def test_a_hostile_note_is_harmless(reading, link):
    put(link, "One debt. One", note="<script>x()</script>[a](javascript:x()) <b onclick=x()>bold</b>")
    page = read(reading, link)
    assert "x()" not in page
    assert "<b>bold</b>" in page


def test_a_mark_of_the_texts_own_is_no_highlight(reading, reader):
    page = read(reading, article(reader, article='A <mark class="hl ochre" id="hl-1">false</mark> one.'))
    assert marked(page) == []


def test_more_highlights_ask_no_more_of_the_database(reading, reader, link, queries_of):
    put(link, "The first book lay open", note="Mine.")
    read(reading, link)
    few = queries_of(lambda: read(reading, link))
    for start in range(1, 6):
        mark(link.sections.get(kind="article"), Anchor("The first book lay"[start:], start=start, end=18), "woad", "2")
    read(reading, link)
    assert queries_of(lambda: read(reading, link)) <= few <= 12


def test_what_lost_its_place_is_listed_with_its_text_and_can_be_deleted(reading, link):
    made = put(link, "One debt. One quarrel over pepper", note="Why?")
    Section.objects.filter(kind="article").update(text="Nothing of it.")
    page = read(reading, link)
    lost = page.split('id="lost"')[1].split("</section>")[0]
    assert "One debt. One quarrel over pepper" in lost
    assert "Why?" in lost
    assert f'action="/highlights/{made.pk}/delete/"' in lost
    assert marked(page) == []
    made.refresh_from_db()
    assert made.start is not None  # looking changes nothing


def test_what_was_moved_past_the_doors_is_still_painted_where_it_is(reading, link):
    put(link, "The first book lay open")
    Section.objects.filter(kind="article").update(text="Before it all.\n\n" + TEXT)
    assert [words for _, _, words in marked(read(reading, link))] == ["The first book lay "]


# --- marking


def test_a_passage_is_marked_and_the_answer_leads_to_it(reading, link):
    answer = send(reading, link, "first book lay open", 4, note="Mine.")
    made = Highlight.objects.get()
    assert (made.quote, made.start, made.colour, made.note) == ("first book lay open", 4, "woad", "Mine.")
    assert answer.url == f"/read/{link.pk}-the-ledger/#hl-{made.pk}"
    page = read(reading, link)
    assert "Marked in woad." in page
    assert f'action="/highlights/{made.pk}/delete/"' in page


def test_the_answer_leads_back_to_the_page_that_asked(reading, link):
    answer = send(reading, link, "first book", 4, next=f"/read/{link.pk}-the-ledger/?q=book#match-1")
    assert answer.url == f"/read/{link.pk}-the-ledger/?q=book#hl-{Highlight.objects.get().pk}"
    assert send(reading, link, "lay open", 15, next="//evil.example").url.startswith(f"/read/{link.pk}-")


@pytest.mark.parametrize(
    ("quote", "more", "says"),
    [
        ("vellum and velour", {}, "isn’t in the text as it is now"),
        ("first book", {"colour": "pink"}, "didn’t say which passage"),
        ("first book", {"section": 987654321}, "didn’t say which passage"),
        ("first book", {"start": "x"}, "didn’t say which passage"),
        ("first book", {"end": 2**40}, "didn’t say which passage"),
        ("first book", {"note": "n" * 20_001}, "at most 20,000 characters"),
    ],
)
def test_what_cannot_be_marked_is_said_in_a_sentence(reading, link, quote, more, says):
    answer = reading.get(send(reading, link, quote, 4, **more).url)
    assert says in answer.content.decode()
    assert not Highlight.objects.exists()


def test_a_passage_that_is_too_long_is_refused(reading, reader):
    link = article(reader, article="word " * LONGEST)
    answer = reading.get(send(reading, link, ("word " * LONGEST).strip()).url)
    assert "A highlight has at most 20,000 characters" in answer.content.decode()


def test_a_section_of_another_article_is_not_marked(reading, reader, link):
    other = article(reader, "Other", article=TEXT)
    section = other.sections.get(kind="article").pk
    reading.get(send(reading, link, "first book", 4, section=section).url)
    assert not Highlight.objects.exists()


# --- without a script


def test_every_paragraph_has_a_way_to_mark_it(reading, link):
    page = read(reading, link)
    section = link.sections.get(kind="article").pk
    assert f'href="/read/{link.pk}/mark/?section={section}&amp;block=1">Mark' in page


def choose(client, link, block: int, **values: object):
    section = link.sections.get(kind="article").pk
    return client.post(f"/read/{link.pk}/mark/?section={section}&block={block}", {"colour": "woad", **values})


@pytest.mark.parametrize(
    ("values", "quote"),
    [
        ({}, "One debt. One quarrel over pepper. Peace."),
        ({"sentence": ["1"]}, "One quarrel over pepper."),
        ({"sentence": ["0", "1"]}, "One debt. One quarrel over pepper."),
        ({"words": "quarrel  over"}, "quarrel over"),
    ],
)
def test_sentences_or_words_of_a_paragraph_are_marked(reading, link, values, quote):
    section = link.sections.get(kind="article").pk
    page = reading.get(f"/read/{link.pk}/mark/?section={section}&block=1").content.decode()
    assert "One quarrel over pepper." in page
    answer = choose(reading, link, 1, note="Mine.", **values)
    made = Highlight.objects.get()
    assert (made.quote, made.note, made.colour) == (quote, "Mine.", "woad")
    assert answer.url.endswith(f"#hl-{made.pk}")


@pytest.mark.parametrize("values", [{"words": "vellum"}, {"sentence": ["9"]}, {"colour": ""}, {"sentence": ["x"]}])
def test_a_wrong_choice_is_said_and_marks_nothing(reading, link, values):
    page = choose(reading, link, 1, **values).content.decode()
    assert "Nothing is marked yet." in page
    assert not Highlight.objects.exists()


@pytest.mark.parametrize("query", ["block=99", "block=99999999999999999999&section=1"])
def test_a_paragraph_that_is_not_there(reading, link, query):
    status = reading.get(f"/read/{link.pk}/mark/?section={link.sections.last().pk}&{query}").status_code
    assert status == (404 if query == "block=99" else 200)


# --- changed, deleted, and back


def test_a_note_and_a_colour_are_changed_and_that_can_be_undone(reading, link):
    made = put(link, "One debt. One")
    page = reading.get(f"/highlights/{made.pk}/").content.decode()
    assert "One debt. One" in page
    answer = reading.post(f"/highlights/{made.pk}/", {"colour": "madder", "note": "Mine."})
    assert answer.url == f"/read/{link.pk}-the-ledger/#hl-{made.pk}"
    assert f'action="/highlights/{made.pk}/undo/"' in read(reading, link)
    made.refresh_from_db()
    assert (made.colour, made.note) == ("madder", "Mine.")
    reading.post(f"/highlights/{made.pk}/undo/")
    made.refresh_from_db()
    assert (made.colour, made.note) == ("ochre", "")


def test_a_highlight_is_deleted_and_comes_back_with_its_address(reading, link):
    made = put(link, "One debt. One", note="Mine.")
    before = Highlight.objects.values().get()
    reading.post(f"/highlights/{made.pk}/delete/")
    page = read(reading, link)
    assert "Highlight deleted." in page
    assert marked(page) == []
    answer = reading.post(f"/highlights/{made.pk}/undo/")
    assert answer.url.endswith(f"#hl-{made.pk}")
    assert Highlight.objects.values().get() == before


def test_a_wrong_change_is_said_and_not_saved(reading, link):
    made = put(link, "One debt. One")
    page = reading.post(f"/highlights/{made.pk}/", {"colour": "pink", "note": "x"}).content.decode()
    assert "Nothing is saved yet." in page
    assert "Choose one of the four colours." in page
    made.refresh_from_db()
    assert (made.colour, made.note) == ("ochre", "")


def test_a_highlight_is_offered_as_a_quotation_with_its_source(reading, link):
    made = put(link, "open on the counter.\nOne debt.", note="Mine.")
    page = reading.get(f"/highlights/{made.pk}/").content.decode()
    quote = (
        "&gt; open on the counter.\n&gt; One debt.\n&gt;\n&gt; [The ledger](&lt;https://slow.example/x&gt;)\n\nMine."
    )
    assert quote in page


@pytest.mark.parametrize("address", ["", "delete/", "undo/"])
def test_another_readers_highlight_is_not_there(reading, other_reader, address):
    theirs = put(article(other_reader, article=TEXT), "One debt. One")
    pk = theirs.pk
    assert reading.post(f"/highlights/{pk}/{address}", {"colour": "woad"}).status_code == 404
    assert reading.get(f"/highlights/{pk}/").status_code == 404
    assert Highlight.objects.get().colour == "ochre"


def test_another_readers_article_cannot_be_marked(reading, other_reader):
    theirs = article(other_reader, article=TEXT)
    assert send(reading, theirs, "first book", 4).status_code == 404
    assert reading.get(f"/read/{theirs.pk}/mark/").status_code == 404
    assert not Highlight.objects.exists()


def test_undo_of_a_passage_that_was_marked_before_gives_back_its_colour_and_keeps_its_note(reading, reader):
    link = article(reader, article=TEXT)
    old = put(link, "The first book", note="An old note.")
    page = {"section": old.section_id, "start": old.start, "end": old.end, "quote": old.quote}
    answer = reading.post(f"/read/{link.pk}/highlights/", {**page, "colour": "woad"}, follow=True)
    (undo,) = [message.extra_tags for message in answer.context["messages"]]
    reading.post(undo)
    old.refresh_from_db()
    assert (old.colour, old.note) == ("ochre", "An old note.")
    answer = reading.post(f"/read/{link.pk}/highlights/", {**page, "colour": "ochre"}, follow=True)
    assert [message.extra_tags for message in answer.context["messages"]][-1] == ""


@pytest.mark.parametrize("referer", ["https://[", "http://testserver//elsewhere.example/", "x"])
def test_a_page_that_is_none_leads_nowhere(reading, reader, referer):
    link = article(reader, article=TEXT)
    assert reading.get(f"/read/{link.pk}/mark/", headers={"Referer": referer}).context["next"].startswith("/read/")
    assert reading.get(f"/read/{link.pk}-x/", headers={"Referer": referer}, follow=True).context["back"] == "/library/"
