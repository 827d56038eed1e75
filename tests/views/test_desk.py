"""What lies beside the library as it opens."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from library.models import Highlight, Link, User
from library.views.desk import highlight_of_the_day
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
YESTERDAY = timedelta(days=1)


def mark(link: Link, quote: str, ago: timedelta = YESTERDAY) -> Highlight:
    return Highlight.objects.create(link=link, quote=quote, created_at=timezone.now() - ago, colour="madder")


def desk(client, address: str = "/library/") -> str:
    return client.get(address).context["desk"]


def test_three_articles_in_progress_lie_on_the_desk_with_their_place(reading, reader):
    for number in range(4):
        article(reader, f"Half read {number}", state="reading", progress=50, words=2300, minutes=10)
    article(reader, "Waiting")
    shown = desk(reading)
    assert re.findall(r"Half read \d", shown) == ["Half read 3", "Half read 2", "Half read 1"]
    assert "5 min left" in shown
    assert 'value="50"' in shown
    assert "Waiting" not in shown


def test_a_passage_of_yours_is_shown_with_its_article_and_leads_to_its_place(reading, reader):
    marked = mark(article(reader, "The ledger"), "A log is a <promise>.")
    shown = desk(reading)
    assert "A log is a &lt;promise&gt;." in shown
    assert f'href="/read/{marked.link_id}-the-ledger/#hl-{marked.pk}"' in shown
    assert 'class="madder"' in shown


@pytest.mark.parametrize("address", ["/library/?state=inbox", "/library/?has=note", "/library/?density=compact",
                                     "/library/?tag=go", "/library/?length=<5"])  # fmt: skip
def test_there_is_no_desk_beside_a_narrowed_list(reading, reader, address):
    mark(article(reader, tags=("go",), state="reading"), "A log is a promise.")
    assert desk(reading)
    assert desk(reading, address) == ""


def test_an_article_without_a_title_has_words_on_the_desk(reading, reader):
    article(reader, "  ", state="reading")
    assert '<span dir="auto">Untitled</span>' in desk(reading)


def test_an_empty_desk_is_not_shown(reading, reader):
    article(reader)
    assert desk(reading) == ""


def chosen(reader: User) -> str:
    found = highlight_of_the_day(reader)
    return found.quote if found else ""


def test_the_highlight_stays_all_day_whatever_is_marked_or_deleted(reader):
    link = article(reader)
    marks = [mark(link, f"Passage {number}") for number in range(20)]
    today = chosen(reader)
    for number in range(20):
        mark(link, f"New {number}", ago=timedelta())
    for each in marks[1:-1:2]:
        if each.quote != today:
            each.delete()
    assert chosen(reader) == today


def test_another_day_brings_another_highlight(reader, monkeypatch):
    link = article(reader)
    for number in range(20):
        mark(link, f"Passage {number}", ago=timedelta(days=60))
    found = set()
    for day in range(14):
        monkeypatch.setattr(timezone, "localdate", lambda day=day: datetime(2026, 5, 1 + day, tzinfo=UTC).date())
        Highlight.objects.update(created_at=datetime(2026, 4, 1, tzinfo=UTC))
        found.add(chosen(reader))
    assert len(found) > 6


def test_the_bin_and_other_readers_give_no_highlight(reader, other_reader):
    mark(article(reader, deleted_at=timezone.now()), "Binned")
    mark(article(other_reader), "Ben's")
    assert chosen(reader) == ""


@pytest.mark.django_db(transaction=True)  # PostgreSQL counts a change when it is committed
def test_the_desk_follows_a_change_at_once(reading, reader):
    link = article(reader, "Half read", state="reading", progress=50)
    assert "Half read" in desk(reading)
    reading.post(f"/read/{link.pk}/state/", {"state": "finished"})
    assert "Half read" not in desk(reading)


def test_a_fuller_desk_asks_no_more_of_the_database(reading, reader, queries_of):
    mark(article(reader, state="reading"), "One")
    few = queries_of(lambda: reading.get("/library/"))
    for number in range(12):
        mark(article(reader, state="reading"), f"Passage {number}")
    assert queries_of(lambda: reading.get("/library/")) <= few
