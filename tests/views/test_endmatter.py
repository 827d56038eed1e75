"""What stands after an article: where to go on, what it has to do with, and what was marked in it."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from library.content.anchors import Anchor
from library.highlighting import mark
from library.models import Link, State
from tests.views.shelf import NOON, article

pytestmark = pytest.mark.django_db


def numbered(reader, count: int, *tags: str) -> list[Link]:
    """The newest first."""
    return [article(reader, f"Number {n}", tags, saved_at=NOON - timedelta(days=n)) for n in range(count)]


def read(client, link: Link, back: str = "/library/"):
    return client.get(f"/read/{link.pk}-{link.slug}/", {"back": back})


def next_title(client, link: Link, back: str) -> str:
    there = read(client, link, back).context["way_on"].get("next")
    return there.title if there else ""


@pytest.mark.parametrize(
    ("back", "title"),
    [("/library/", "Number 2"), ("/library/?sort=oldest", "Number 0"), ("/library/?sort=title", "Number 2"),
     ("/library/?state=favourites", "Number 3"), ("/tags/odd/", "Number 3"), ("/library/?tag=odd&sort=oldest", ""),
     ("/library/?state=finished", ""), ("/bin/", "")],
)  # fmt: skip
def test_the_next_article_is_the_next_one_of_the_list_that_the_reader_came_from(reading, reader, back, title):
    for number, link in enumerate(numbered(reader, 5)):
        if number % 2:
            reading.post(f"/read/{link.pk}/tags/", {"tags": "odd", "next": "/library/"})
        reader.links.filter(pk=link.pk).update(favourite=number == 3)
    link = reader.links.get(title="Number 1")
    assert next_title(reading, link, back) == title


def test_the_next_one_is_found_though_this_one_left_the_list(reading, reader):
    links = numbered(reader, 3)
    reading.post(f"/read/{links[0].pk}/state/", {"state": "finished"})
    assert next_title(reading, links[0], "/library/?state=inbox") == "Number 1"


def test_what_is_in_the_bin_is_never_the_next_one(reading, reader):
    links = numbered(reader, 3)
    reading.post(f"/read/{links[1].pk}/bin/")
    assert next_title(reading, links[0], "/library/") == "Number 2"


def test_the_way_back_through_a_list_ends_at_the_list(reading, reader):
    links, back = numbered(reader, 2), quote("/library/?sort=newest")
    there = reading.get(f"/read/{links[1].pk}/beside/?back={back}&way=previous").url
    assert there == f"/read/{links[0].pk}-number-0/?back=%2Flibrary%2F%3Fsort%3Dnewest"
    assert reading.get(f"/read/{links[0].pk}/beside/?back={back}&way=previous").url == "/library/?sort=newest"


def test_the_results_of_a_search_are_gone_through_from_page_to_page(reading, reader):
    days = [NOON - timedelta(days=n) for n in range(23)]
    links = [article(reader, f"Ledger {n}", article="Of a ledger.", saved_at=day) for n, day in enumerate(days)]
    back = "/search/?q=ledger&sort=newest"
    seen, address = [], f"/read/{links[0].pk}/beside/?back={quote(back)}&way=next"
    for _ in range(21):
        answer = reading.get(reading.get(address).url.partition("#")[0])
        seen.append(answer.context["link"].title)
        address = answer.context["way_on"]["next"].href
    assert seen == [f"Ledger {n}" for n in range(1, 22)]
    last = reading.get(f"/read/{links[22].pk}/beside/?back={quote(back + '&after=1')}&way=next").url
    assert last.startswith("/search/?q=ledger&sort=newest")


@pytest.mark.parametrize("back", ["", "https://evil.example/", "//evil.example", "/search/?q=%00", "/tags/nope/"])
def test_a_strange_list_leads_nowhere_else(reading, reader, back):
    link = article(reader)
    assert reading.get(f"/read/{link.pk}/beside/", {"back": back, "way": "next"}).url.startswith("/")
    assert not reading.get(f"/read/{link.pk}/beside/", {"back": back}).url.startswith("//")


def test_the_rarest_tags_that_articles_share_count_most(reading, reader):
    link = article(reader, "This", ("common", "rare"))
    numbered(reader, 4, "common")
    article(reader, "Shares the rare one", ("rare",), saved_at=NOON - timedelta(days=99))
    article(reader, "Shares both", ("common", "rare"), saved_at=NOON - timedelta(days=98))
    article(reader, "Shares nothing", ("other",))
    found = [each.title for each in read(reading, link).context["related"]]
    assert found[:2] == ["Shares both", "Shares the rare one"]
    assert len(found) == 3


def test_nothing_of_the_bin_and_of_no_other_reader_is_related(reading, reader, other_reader):
    link = article(reader, "This", ("rare",))
    article(reader, "Binned", ("rare",), deleted_at=NOON)
    article(other_reader, "Theirs", ("rare",))
    assert read(reading, link).context["related"] == []


def test_the_passages_that_were_marked_are_listed_in_the_order_of_the_text(reading, reader):
    link = article(reader, article="The first book lay open.\n\nOne debt. One quarrel.")
    section = link.sections.get()
    second, first = (mark(section, Anchor(quote), "woad")[0] for quote in ("One quarrel", "first book"))
    page = read(reading, link).content.decode().partition('id="passages"')[2]
    assert page.index(f'href="#hl-{first.pk}"') < page.index(f'href="#hl-{second.pk}"')
    assert ">One quarrel</a>" in page


def test_an_article_is_finished_and_archived_at_once_and_both_are_undone(reading, reader):
    link = article(reader)
    page = reading.post(f"/read/{link.pk}/state/", {"state": "finished archived", "next": "/library/"}, follow=True)
    assert "Finished and archived." in page.content.decode()
    link.refresh_from_db()
    assert link.state == State.ARCHIVED
    assert link.finished_at
    reading.post(f"/activity/{link.changes.get().pk}/undo/")
    link.refresh_from_db()
    assert (link.state, link.finished_at) == (State.INBOX, None)


def test_more_articles_and_tags_ask_no_more_of_the_database(reading, reader, queries_of):
    tags = tuple(f"tag {n}" for n in range(20))
    link = article(reader, "This", tags, article="Text.")
    article(reader, "Other", tags[:1])
    back = "/tags/tag-0/"
    read(reading, link, back)
    few = queries_of(lambda: read(reading, link, back))
    numbered(reader, 30, *tags)
    read(reading, link, back)
    assert queries_of(lambda: read(reading, link, back)) <= few <= 14


def test_the_next_result_is_found_though_this_one_was_just_finished(reading, reader):
    links = numbered(reader, 4)
    back = "/search/?q=is:unread&sort=newest"
    reading.post(f"/read/{links[1].pk}/state/", {"state": "finished"})
    for way, number in (("next", 2), ("previous", 0)):
        there = reading.get(f"/read/{links[1].pk}/beside/", {"back": back, "way": way}).url
        assert there.startswith(f"/read/{links[number].pk}-")


def test_where_the_best_come_first_one_that_is_found_no_more_leads_back_to_the_results(reading, reader):
    links = [article(reader, f"Ledger {number}") for number in range(3)]
    reading.post(f"/read/{links[1].pk}/state/", {"state": "finished"})
    back = "/search/?q=ledger is:unread"
    there = reading.get(f"/read/{links[1].pk}/beside/", {"back": back, "way": "next"}).url
    assert there == "/search/?q=ledger+is%3Aunread"


def test_a_search_with_a_strange_sort_is_gone_through_as_its_page_shows_it(reading, reader):
    links = [article(reader, "Ledger" * (n == 1) or "Plain", article="ledger " * (3 - n)) for n in range(3)]
    back = "/search/?q=ledger&sort=sideways"
    shown = [row["id"] for row in reading.get(back).context["rows"]]
    there = reading.get(f"/read/{shown[0]}/beside/", {"back": back, "way": "next"}).url
    assert there.startswith(f"/read/{shown[1]}-")
    assert len(links) == len(shown)


def test_no_address_elsewhere_is_led_to(reading, reader):
    link = article(reader)
    for back in ("//tags/x", "https://tags/x", "/\\tags/x"):
        assert reading.get(f"/read/{link.pk}/beside/", {"back": back, "way": "next"}).url == "/library/"
