"""Many articles at once, without scripts: boxes, the whole list, the question before many, and undo."""

import re
from urllib.parse import urlencode

import pytest
from django.contrib.messages import get_messages

from library.forms.bulk import NO_ACT, NO_TAGS
from library.models import BulkAct, Link, TagAlias
from library.models.bulk import carry_out
from library.models.writing import set_tags
from library.views import bulk
from library.views.bulk import ALREADY_SO, NONE_CHOSEN, sentence
from tests.views.shelf import NOON, article, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(reading):
    """Presses a button of the bar."""

    def press(act, *links, **more):
        return reading.post("/library/bulk/", {"act": act, "ids": [link.pk for link in links], **more})

    return press


def told(answer) -> str:
    """What the reader is told last."""
    return [str(message) for message in get_messages(answer.wsgi_request)][-1]


def boxes(page: str) -> list[str]:
    return re.findall(r'<input type="checkbox" class="sel"[^>]*>', page)


def names(link: Link) -> set[str]:
    return set(link.tags.values_list("name", flat=True))


# --- which articles ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/library/", "/tags/sql/", "/search/?q=ledger", "/library/?density=compact"])
def test_every_list_can_be_selected_from(reading, reader, address):
    article(reader, "The ledger", ("sql",))
    page = reading.get(address).content.decode()
    mark = "&" if "?" in address else "?"
    assert f'href="{address.replace("&", "&amp;")}{mark.replace("&", "&amp;")}select=1">Select</a>' in page
    assert "hidden" in boxes(page)[0]
    page = reading.get(f"{address}{mark}select=1").content.decode()
    assert "hidden" not in boxes(page)[0]
    assert "checked" not in boxes(page)[0]
    assert 'aria-label="Select The ledger"' in boxes(page)[0]
    assert ">All 1</a>" in page


def test_the_whole_list_is_selected_with_its_number_named(reading, reader):
    for _ in range(60):
        article(reader, type="Essay")
    article(reader, type="Guide")
    page = reading.get("/library/?type=Essay&select=all").content.decode()
    assert "<b id=\"selected\">All 60 articles</b>" in page
    assert '<input type="hidden" name="all" value="/library/?type=Essay">' in page
    assert '<input type="hidden" name="count" value="60">' in page
    assert len(boxes(page)) == 50
    assert all("checked disabled" in box for box in boxes(page))


def test_a_list_stays_on_its_page_while_it_is_selected_from(reading, reader):
    for number in range(51):
        article(reader, str(number))
    after = reading.get("/library/").context["next"]
    assert reading.get(after).context["select"].some == f"{after}&select=1"
    assert titles(reading, f"{after}&select=1") == ["0"]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/library/", {"One", "Two", "Three"}),
        ("/library/?state=finished", {"Three"}),
        ("/library/?tag=sql&type=Essay", {"One"}),
        ("/library/?sort=title&after=two.1", {"One", "Two", "Three"}),
        ("/tags/sql/", {"One", "Three"}),
        ("/tags/sql/?state=inbox", {"One"}),
        ("/search/?q=tag:sql", {"One", "Three"}),
        ("/search/?q=two&sort=newest", {"Two"}),
        ("/search/?q=", set()),
        ("/tags/nowhere/", set()),
    ],
)
def test_the_whole_list_is_all_that_its_address_finds(send, reader, other_reader, address, found):
    article(reader, "One", ("sql",), type="Essay")
    article(reader, "Two", type="Essay")
    article(reader, "Three", ("sql",), state="finished")
    article(reader, "Binned", ("sql",), deleted_at=NOON)
    article(other_reader, "Theirs", ("sql",), type="Essay")
    send("favourite", all=address, count=len(found))
    assert set(Link.objects.filter(favourite=True).values_list("title", flat=True)) == found


def test_a_list_that_is_none_is_not_found(send, reader):
    article(reader)
    for address in ("/bin/", "nothing", "//else.example/library/", "//[", "/library/bulk/"):
        answer = send("favourite", all=address, count=1)
        assert answer.status_code == 404, address
    assert not BulkAct.objects.exists()


def test_nothing_is_done_to_what_is_not_the_readers(send, reader, other_reader):
    theirs = article(other_reader)
    for pk in (theirs.pk, 987654321, "x", "9" * 30):
        answer = send("bin", ids=[pk])
        assert told(answer) in (ALREADY_SO, NONE_CHOSEN)
    theirs.refresh_from_db()
    assert theirs.deleted_at is None


# --- what is done --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "more", "field", "value", "said"),
    [
        ("finished", {}, "state", "finished", "Finished 2 articles."),
        ("archived", {}, "state", "archived", "Archived 2 articles."),
        ("reading", {}, "state", "reading", "Marked 2 articles as reading."),
        ("favourite", {}, "favourite", True, "Added 2 articles to your favourites."),
        ("type", {"type": " Long  read "}, "type", "Long read", "Gave 2 articles the type “Long read”."),
        ("type", {"type": ""}, "type", "", "Took the type off 2 articles."),
    ],
)
def test_a_button_does_what_it_says(send, reader, act, more, field, value, said):
    links, other = [article(reader, type="Essay"), article(reader, type="Guide")], article(reader, type="Other")
    answer = send(act, *links, next="/library/?state=inbox", **more)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/library/?state=inbox")
    assert told(answer) == said
    assert set(reader.links.exclude(pk=other.pk).values_list(field, flat=True)) == {value}
    assert getattr(reader.links.get(pk=other.pk), field) != value


def test_several_tags_at_once_are_put_on_and_taken_off(send, reader):
    links = [article(reader), article(reader, tags=("go",))]
    answer = send("tag", *links, tags="go, Rome,, sql, ")
    assert told(answer) == "Tagged 2 articles with go, Rome and sql."
    assert [names(link) for link in links] == [{"go", "Rome", "sql"}] * 2
    answer = send("untag", links[0], tags="GO, rome")
    assert told(answer) == "Took GO and rome off 1 article."
    assert [names(link) for link in links] == [{"sql"}, {"go", "Rome", "sql"}]


def test_the_bin_and_back(reading, send, reader):
    article(reader, "Kept")
    answer = send("bin", article(reader, "Gone"))
    page = reading.get(answer.headers["Location"]).content.decode()
    assert titles(reading, "/library/") == ["Kept"]
    undo = re.search(r'action="(/library/bulk/\d+/undo/)"', page)[1]
    assert told(reading.post(undo)) == "Undone on 1 article."
    assert sorted(titles(reading, "/library/")) == ["Gone", "Kept"]
    assert told(reading.post(undo)) == "This was undone already."


def test_an_undo_says_what_it_left_alone(reading, send, reader):
    links = [article(reader), article(reader)]
    send("favourite", *links)
    reader.links.filter(pk=links[0].pk).update(favourite=False)
    answer = reading.post(f"/library/bulk/{BulkAct.objects.get().pk}/undo/")
    assert told(answer) == "Undone on 1 article. 1 article changed since and stays so."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"act": "tag", "tags": " , "}, f"{NO_TAGS} Nothing was changed."),
        ({"act": "tag", "tags": "t" * 101}, "A tag has at most 100 characters."),
        ({"act": "type", "type": "t" * 101}, "A type has at most 100 characters. Nothing was changed."),
        ({"act": "burn"}, f"{NO_ACT} Nothing was changed."),
        ({}, f"{NO_ACT} Nothing was changed."),
        ({"act": "inbox"}, ALREADY_SO),
        ({"act": "finished", "ids": []}, NONE_CHOSEN),
        ({"act": "finished", "ids": ["x"]}, NONE_CHOSEN),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(reading, reader, given, said):
    answer = reading.post("/library/bulk/", {"ids": [article(reader).pk], "next": "https://else.example/", **given})
    assert answer.headers["Location"] == "/library/"
    assert told(answer).startswith(said)
    assert not BulkAct.objects.exists()


# --- the question --------------------------------------------------------------------------------------------------


def test_before_many_are_changed_the_reader_is_asked(reading, send, reader):
    for _ in range(51):
        article(reader, type="Essay")
    answer = send("bin", all="/library/?type=Essay", count=51, next="/library/?type=Essay")
    page = answer.content.decode()
    assert "<h1>Move 51 articles to the Bin?</h1>" in page
    assert ">Move 51 articles to the Bin</button>" in page
    assert not BulkAct.objects.exists()
    fields = dict(re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="([^"]*)">', page))
    answer = reading.post("/library/bulk/", {**fields, "sure": "yes"})
    assert told(answer) == "Moved 51 articles to the Bin."
    assert answer.headers["Location"] == "/library/?type=Essay"
    assert reader.links.binned().count() == 51


def test_more_boxes_than_fifty_are_asked_about_too(reading, send, reader):
    links = [article(reader) for _ in range(51)]
    page = send("tag", *links, tags="a, b").content.decode()
    assert "<h1>Tag 51 articles with a and b?</h1>" in page
    assert page.count('name="ids"') == 51


def test_where_the_list_has_changed_its_new_number_is_asked_about(send, reader):
    for _ in range(3):
        article(reader)
    page = send("archived", all="/library/", count=2).content.decode()
    assert "<h1>Archive 3 articles?</h1>" in page
    assert "There are 3 now, where there were 2." in page
    assert not BulkAct.objects.exists()


def test_the_address_of_the_question_leads_back_to_the_library(reading):
    assert reading.get("/library/bulk/").headers["Location"] == "/library/"


# --- one row -------------------------------------------------------------------------------------------------------


def test_the_tags_of_a_row_are_shown_in_place_and_else_on_the_edit_page(reading, reader):
    link = article(reader)
    set_tags(link, ["go", "Rome, Italy"])
    assert f'href="/read/{link.pk}/edit/#id_tags"' in reading.get("/library/").content.decode()
    assert reading.get(f"/read/{link.pk}/tags/").headers["Location"] == f"/read/{link.pk}/edit/#id_tags"
    editor = reading.get(f"/read/{link.pk}/tags/", headers={"HX-Request": "true"}).content.decode()
    assert 'value="go, &quot;Rome, Italy&quot;, "' in editor


def test_the_tags_of_a_row_change_by_what_was_changed_in_the_form(reading, reader):
    link = article(reader)
    set_tags(link, ["go", "sql", "meanwhile"])
    base, next_page = "go, sql", "/library/?tag=go"
    answer = reading.post(f"/read/{link.pk}/tags/", {"base": base, "tags": "sql, new, ", "next": next_page})
    assert (answer.headers["Location"], told(answer)) == (next_page, "Changed the tags of 1 article.")
    assert names(link) == {"sql", "meanwhile", "new"}
    reading.post(f"/library/bulk/{BulkAct.objects.get().pk}/undo/")
    assert names(link) == {"go", "sql", "meanwhile"}


def test_tags_of_a_row_that_can_not_be_are_refused(reading, reader):
    link = article(reader)
    answer = reading.post(f"/read/{link.pk}/tags/", {"base": "", "tags": "t" * 101})
    assert told(answer).startswith("A tag has at most 100 characters.")
    assert told(reading.post(f"/read/{link.pk}/tags/", {"base": "a", "tags": "a"})) == ALREADY_SO
    assert names(link) == set()


def test_tags_and_types_in_use_are_offered(reading, reader, other_reader):
    article(reader, tags=("C++",), type="Essay")
    article(other_reader, tags=("theirs",), type="Theirs")
    page = reading.get("/library/names/").content.decode()
    assert re.findall(r'<option value="([^"]*)">', page) == ["C++", "Essay"]


# --- and besides ---------------------------------------------------------------------------------------------------


def test_an_act_is_told_in_a_sentence(reader):
    act = carry_out(reader, "tags", {"add": ["go"], "remove": []}, [article(reader).pk])
    act.count = 1204
    assert sentence(act) == "Tagged 1,204 articles with go."


@pytest.mark.parametrize("given", [{}, {"all": "/library/"}, {"all": "/search/?q=tag:go"}, {"all": "/tags/go/"}])
def test_what_the_pages_ask_does_not_grow_with_the_articles(reading, reader, queries_of, monkeypatch, given):
    monkeypatch.setattr(bulk, "UNASKED", 0)

    def asked(number: int) -> list[int]:
        links = [article(reader, tags=("go",)).pk for _ in range(number)]
        count = reader.links.count() if given else number
        sent = {"act": "finished", "ids": links, "count": count, "sure": "yes", **given}
        mode = urlencode({"select": "all"})
        reading.get("/search/?q=tag:go")
        return [
            queries_of(lambda: reading.get(f"/library/?{mode}")),
            queries_of(lambda: reading.post("/library/bulk/", sent)),
            queries_of(lambda: reading.post(f"/library/bulk/{BulkAct.objects.latest('pk').pk}/undo/")),
        ]

    assert asked(2) == asked(9)


def test_another_name_of_a_tag_in_place_of_the_tag_changes_nothing(reading, reader):
    link = article(reader, "Ledger", ("golang",))
    tag = reader.tags.get(name="golang")
    TagAlias.objects.create(owner=reader, tag=tag, name="go", name_key="go", slug="go")
    reading.post(f"/read/{link.pk}/tags/", {"tags": "go", "base": "golang"})
    link.refresh_from_db()
    assert [each.name for each in link.tags.all()] == ["golang"]
    assert link.removed_tags == []
