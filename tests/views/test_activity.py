"""Activity: what changed, when and by whom; and how it is undone while that is possible."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from library.content.anchors import Anchor
from library.highlighting import change, delete, mark
from library.models import Author, Change, ImportRun, Kind, Link, RunState
from library.models.bulk import carry_out
from library.models.writing import bin_link, note_change, set_tags, write_section
from library.views import activity
from library.views.activity import day_words
from tests.importers.link_files import import_files, link_file, write
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


def told(client, address="/activity/"):
    """Each entry in words, newest first."""
    entries = [entry for _, part in client.get(address).context["days"] for entry in part]
    return [f"{each['who']} {each['verb']}{each_title(each)}" for each in entries]


def each_title(entry):
    return f" “{entry['title']}”{entry['rest']}" if "title" in entry else ""


def edit(client, link, **fields):
    """Change fields on the article's own page, as a browser sends it."""
    page = client.get(f"/read/{link.pk}/edit/").context["form"]
    bases = {f"base-{row['field'].name}": row["base"] for row in page.rows()}
    values = {name: page[name].value() or "" for name in page.fields}
    client.post(f"/read/{link.pk}/edit/", {**values, **bases, **fields})
    link.refresh_from_db()


def undo(client, change):
    """Undo an act; returns what the page says then."""
    page = client.post(f"/activity/{change.pk}/undo/", {"next": "/activity/"}, follow=True)
    assert page.redirect_chain == [("/activity/", 302)]
    return page.content.decode()


def test_where_nothing_happened_yet_the_page_says_what_will_stand_there(reading):
    assert "Nothing has changed yet" in reading.get("/activity/").content.decode()


def test_acts_are_told_in_plain_words(reading, reader):
    link = article(reader, tags=("old",), type="Essay", url="https://slow.example/a", article="Text.")
    reading.post(f"/read/{link.pk}/state/", {"state": "finished"})
    reading.post(f"/read/{link.pk}/favourite/")
    set_tags(link, ["sql", "C++"])
    edit(reading, link, title="The daybook", type="", url="https://slow.example/b", saved_at="2026-03-01T08:30")
    write_section(link, Kind.NOTE, "Mine.")
    write_section(link, Kind.NOTE, "Mine again.")
    write_section(link, Kind.SUMMARY, "Made.", author=Author.MODEL, author_name="m-1")
    reading.post(f"/read/{link.pk}/bin/")
    reading.post(f"/read/{link.pk}/restore/")
    assert told(reading)[::-1] == [
        "You finished “The daybook”.",
        "You made “The daybook” a favourite.",
        "You changed the tags of “The daybook”: added C++, sql; removed old.",
        "You changed the title of “The daybook”: “The ledger” became “The daybook”.",
        "You changed the address of “The daybook”: it was “https://slow.example/a”.",
        "You took “The daybook” out of the type “Essay”.",
        "You changed when you saved “The daybook”: 1 March 2026, 08:30.",
        "You wrote your notes on “The daybook”.",
        "You changed your notes on “The daybook”.",
        "A model, m-1, wrote the AI summary of “The daybook”.",
        "You moved “The daybook” to the Bin.",
        "You took “The daybook” out of the Bin.",
    ]


def test_an_article_added_by_hand_is_told_and_can_be_taken_back(reading, reader):
    reading.post("/add/", {"url": "https://slow.example/a", "title": "The ledger"})
    assert "You saved “The ledger”." in told(reading)
    undo(reading, reader.changes.get(what="saved_at"))
    assert reader.links.get().deleted_at


def test_an_act_that_this_page_does_not_know_is_told_too(reading, reader):
    change = note_change(article(reader), "polished", 1, [2])
    assert told(reading) == ["You changed “The ledger” (polished)."]
    assert "This can’t be undone here. Nothing was changed." in undo(reading, change)


@pytest.mark.parametrize("what", ["state", "tags", "title", "saved_at", "article", "url"])
def test_an_act_without_its_values_is_told_too(reading, reader, what):
    change = note_change(article(reader), what, None, None)
    assert len(told(reading)) == 1
    assert "Nothing was changed." in undo(reading, change)


def test_an_import_is_one_entry_with_its_counts(reading, reader, tmp_path):
    files = {f"{number}.md": link_file(url=f"https://slow.example/{number}") for number in range(3)}
    run = import_files(reader, write(tmp_path / "export", files))
    assert told(reading) == ["Import of “export”: 3 articles: 3 new."]
    assert f'href="/import/{run.pk}/"' in reading.get("/activity/").content.decode()
    link = reader.links.first()
    note_change(link, "favourite", False, True)
    assert [line[:6] for line in told(reading)] == ["You ma", "Import"]
    assert told(reading, f"/read/{link.pk}/activity/") == told(reading)


def test_a_trial_run_or_a_check_changed_nothing_and_is_not_told(reading, reader):
    ImportRun.objects.create(owner=reader, label="x", dry_run=True, state=RunState.DONE)
    for state in (RunState.CHECKING, RunState.CHECKED):
        ImportRun.objects.create(owner=reader, label="y", state=state, records=2, new=2)
    assert told(reading) == []


def test_acts_can_be_narrowed_to_who_did_them_and_to_what_they_were(reading, reader):
    link = article(reader)
    note_change(link, "state", None, {"state": "archived"})
    write_section(link, Kind.SUMMARY, "Made.", author=Author.MODEL, author_name="m-1")
    ImportRun.objects.create(owner=reader, label="export", state=RunState.DONE)
    heads = {query: [line[:6] for line in told(reading, f"/activity/?{query}")] for query in (
        "who=you", "who=models", "who=imports", "kind=texts", "kind=imports", "who=you&kind=texts", "who=nobody",
    )}  # fmt: skip
    assert heads == {
        "who=you": ["You ar"],
        "who=models": ["A mode"],
        "who=imports": ["Import"],
        "kind=texts": ["A mode"],
        "kind=imports": ["Import"],
        "who=you&kind=texts": [],
        "who=nobody": ["Import", "A mode", "You ar"],
    }
    assert "Nothing of this kind" in reading.get("/activity/?who=you&kind=texts").content.decode()


def test_every_page_is_reached_even_where_acts_and_imports_have_one_moment(reading, reader):
    link, now = article(reader), timezone.now()
    for number in range(130):
        at = now - timedelta(seconds=number // 8)
        Change.objects.create(owner=reader, link=link, at=at, what="favourite", after=True)
        if number % 4 == 0:
            ImportRun.objects.create(owner=reader, label=str(number), created_at=at, state=RunState.DONE)
    seen, address = [], "/activity/"
    while address:
        page = reading.get(address)
        seen += [entry for _, part in page.context["days"] for entry in part]
        older = re.search(r'href="(\?after=[^"]+)"', page.content.decode())
        address = older and f"/activity/{older[1]}"
    assert len(seen) == 130 + 33
    assert len({entry["href"] for entry in seen if entry["who"] == "Import"}) == 33
    assert [entry["at"] for entry in seen] == sorted((entry["at"] for entry in seen), reverse=True)


@pytest.mark.parametrize("key", ["x", "c", "r.", "c1.2.3", "c" + "9" * 30 + ".1", "r-1.-1", "c%00", "q1.1"])
def test_a_page_that_cannot_be_is_answered(reading, reader, key):
    note_change(article(reader), "favourite", False, True)
    assert reading.get("/activity/", {"after": key}).status_code == 200


def test_days_have_their_names():
    today = timezone.datetime(2026, 3, 14).date()
    days = [today - timedelta(days=number) for number in (0, 1, 2, 80)]
    assert [day_words(day, today) for day in days] == [
        "Today", "Yesterday", "Thursday, 12 March", "Wednesday, 24 December 2025",
    ]  # fmt: skip


# --- undo


def facts(link):
    link = Link.objects.get(pk=link.pk)
    texts = list(link.sections.order_by("pk").values_list("text", "author", "author_name"))
    return (link.state, link.finished_at, link.favourite, link.title, link.title_key, link.type, link.url, link.site,
            link.saved_at, link.deleted_at, sorted(link.tags.values_list("name", flat=True)), texts)  # fmt: skip


ACTS = {
    "state": lambda client, link: client.post(f"/read/{link.pk}/state/", {"state": "archived"}, follow=True),
    "favourite": lambda client, link: client.post(f"/read/{link.pk}/favourite/"),
    "tags": lambda client, link: set_tags(link, ["new"]),
    "title": lambda client, link: edit(client, link, title="Other"),
    "type": lambda client, link: edit(client, link, type="Other"),
    "url": lambda client, link: edit(client, link, url="https://fast.example/"),
    "saved_at": lambda client, link: edit(client, link, saved_at="2020-01-01T00:00"),
    "article": lambda client, link: edit(client, link, article="Other."),
    "bin": lambda client, link: client.post(f"/read/{link.pk}/bin/"),
}


@pytest.mark.parametrize("what", ACTS)
def test_what_was_done_can_be_undone_and_the_undo_too(reading, reader, what):
    link = article(reader, tags=("old",), type="Essay", url="https://slow.example/", article="Text.", state="finished",
                   finished_at=timezone.now())  # fmt: skip
    link.sections.update(author=Author.IMPORT, author_name="ledger.md")
    before = facts(link)
    ACTS[what](reading, link)
    after = facts(link)
    assert after != before
    page = undo(reading, link.changes.first())
    assert "Undone." in page
    assert facts(link) == before
    reading.post(re.search(r'id="flash".*?action="(/activity/\d+/undo/)"', page)[1])
    assert facts(link)[:9] == after[:9]
    assert facts(link)[10:] == after[10:]


@pytest.mark.parametrize("what", ACTS)
def test_what_changed_again_since_is_not_undone(reading, reader, what):
    link = article(reader, tags=("old",), type="Essay", url="https://slow.example/", article="Text.")
    ACTS[what](reading, link)
    first = link.changes.first()
    undo(reading, first)
    again = facts(link)
    page = reading.get("/activity/").content.decode()
    assert f"/activity/{first.pk}/undo/" not in page
    assert "Changed again since" in page
    assert "It was changed again since, so this can’t be undone. Nothing was changed." in undo(reading, first)
    assert facts(link) == again


def test_a_first_text_that_is_undone_leaves_none(reading, reader):
    link = article(reader)
    write_section(link, Kind.NOTE, "Mine.")
    undo(reading, link.changes.first())
    assert link.sections.get().text == ""
    assert link.sections.get().versions.get().text == "Mine."


def test_a_text_that_an_import_changed_since_is_not_undone(reading, reader):
    link = article(reader, article="Text.")
    write_section(link, Kind.ARTICLE, "Mine.")
    link.sections.update(written_at=timezone.now() + timedelta(seconds=1))
    assert "It was changed again since" in undo(reading, link.changes.get())


def test_an_address_that_another_article_took_is_not_given_back(reading, reader):
    link = article(reader, url="https://slow.example/a")
    edit(reading, link, url="https://slow.example/b")
    article(reader, "Other", url="https://slow.example/a")
    assert "Another article has that address now" in undo(reading, link.changes.get(what="url"))


def test_a_tag_that_is_gone_is_not_given_back(reading, reader):
    link = article(reader, tags=("old",))
    set_tags(link, [])
    reader.tags.get(name="old").delete()
    assert "The tags it had before are gone" in undo(reading, link.changes.get())
    assert link.changes.count() == 1


def test_tags_of_which_only_the_names_were_noted_are_given_back(reading, reader):
    link = article(reader, tags=("old",))
    set_tags(link, ["new"])
    link.changes.update(kept=None)
    assert "Undone." in undo(reading, link.changes.get())
    assert link.tags.get().name == "old"


def test_an_article_in_the_bin_is_restored_first(reading, reader):
    link = article(reader)
    change = note_change(link, "favourite", True, False)
    bin_link(link)
    assert "The article is in the Bin. Restore it first." in undo(reading, change)


def test_the_settings_and_the_palette_lead_here(reading):
    assert 'href="/activity/"' in reading.get("/settings/").content.decode()
    assert 'href="/activity/"' in reading.get("/palette/?q=activity").content.decode()


@pytest.mark.parametrize("address", ["/activity/", "/read/{}/activity/"])
def test_many_acts_take_no_more_queries(reading, reader, queries_of, address):
    link = article(reader, tags=("a",), article="Text.")
    address = address.format(link.pk)
    note_change(link, "favourite", False, True)
    few = queries_of(lambda: reading.get(address))
    for number in range(40):
        note_change(link, "favourite", False, True)
        set_tags(article(reader, f"More {number}", ("x",), article="Text."), ["y"])
    assert queries_of(lambda: reading.get(address)) == few <= 18


def test_an_act_on_many_articles_is_one_entry_with_an_undo_of_its_own(reading, reader):
    links = [article(reader, f"Ledger {number}") for number in range(3)]
    act = carry_out(reader, "tags", {"add": ["sql"], "remove": []}, [link.pk for link in links])
    page = reading.get("/activity/")
    (entry,) = [entry for _, part in page.context["days"] for entry in part]
    assert f"{entry['who']} {entry['verb']}" == "You tagged 3 articles with sql."
    reading.post(entry["undo"])
    assert not reader.tags.get(name="sql").link_tags.exists()
    act.refresh_from_db()
    assert act.undone_at
    (entry,) = [entry for _, part in reading.get("/activity/?kind=tags").context["days"] for entry in part]
    assert (entry["undo"], entry["note"]) == ("", "Undone")
    assert reading.get("/activity/?who=imports").context["days"] == []


def test_pages_of_activity_hold_every_act_once(reading, reader, monkeypatch):
    monkeypatch.setattr(activity, "PAGE", 2)
    link = article(reader)
    for state in ("reading", "finished", "archived"):
        reading.post(f"/read/{link.pk}/state/", {"state": state})
    for value in (True, False):
        carry_out(reader, "favourite", value, [link.pk])
    Change.objects.update(at=Change.objects.latest("at").at)
    reader.bulk_acts.update(at=Change.objects.latest("at").at)
    seen, address = [], "/activity/"
    while address:
        seen += told(reading, address)
        older = reading.get(address).context["older"]
        address = f"/activity/{older}" if older else ""
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("key", ["x", "z2026", "c", "b-", "r\0", "\U0001f600"])
def test_a_key_that_is_none_begins_with_the_newest(reading, key):
    assert reading.get("/activity/", {"after": key}).status_code == 200


def test_highlights_are_told_in_plain_words(reading, reader):
    link = article(reader, article="The first book lay open.")
    highlight, _ = mark(link.sections.get(kind="article"), Anchor("The first book"), "ochre")
    change(highlight, "woad", "")
    change(highlight, "woad", "Mine.")
    delete(highlight)
    assert told(reading, "/activity/?kind=highlights")[::-1] == [
        "You marked a passage of “The ledger”.",
        "You changed the colour of a passage of “The ledger”: “The first book”.",
        "You changed the note on a passage of “The ledger”: “The first book”.",
        "You deleted a highlight of “The ledger”: “The first book”.",
    ]


def test_an_act_on_one_article_names_it_and_is_undone_as_such(reading, reader):
    link = article(reader)
    carry_out(reader, "tags", {"add": ["solo"], "remove": []}, [link.pk])
    assert told(reading) == ["You changed the tags of “The ledger”: added solo."]
    (entry,) = [entry for _, part in reading.get("/activity/").context["days"] for entry in part]
    reading.post(entry["undo"])
    link.refresh_from_db()
    assert not link.tags.exists() and link.removed_tags == []
    assert told(reading) == ["You tagged 1 article with solo."]
