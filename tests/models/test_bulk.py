"""One act on many articles, and its undo: each on both databases."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from library.models import BulkAct, Change, Link, SearchPending, Tag
from library.models.bulk import CHUNK, carry_out, undo
from library.models.writing import set_tags
from tests.views.shelf import NOON, article

pytestmark = pytest.mark.django_db
ACTS = [
    ("tags", {"add": ["go", "new"], "remove": []}),
    ("tags", {"add": [], "remove": ["go", "sql"]}),
    ("tags", {"add": ["new"], "remove": ["go"]}),
    ("state", "inbox"),
    ("state", "reading"),
    ("state", "finished"),
    ("state", "archived"),
    ("favourite", True),
    ("favourite", False),
    ("type", "Guide"),
    ("type", ""),
    ("bin", True),
]


@pytest.fixture
def shelf(reader):
    """Articles of which each differs from the others in what an act can change."""
    own = article(reader, "Own", state="finished", finished_at=NOON, favourite=True, type="Essay")
    set_tags(own, ["go", "c"])
    set_tags(own, ["go"])
    barred = article(reader, "Barred", ("sql",), state="archived", finished_at=NOON, type="Guide")
    set_tags(barred, ["sql", "new"])
    set_tags(barred, ["sql"])
    article(reader, "Plain", state="reading", progress=40)
    article(reader, "Imported", ("go", "sql"))
    return reader.links


def looks(links) -> list[object]:
    """All that an act may change, without what the Bin and the reader's other acts say."""
    fields = ("pk", "state", "finished_at", "favourite", "type", "deleted_at", "removed_tags", "progress")
    rows = list(links.order_by("pk").values_list(*fields))
    tags = links.order_by("pk", "link_tags__tag__name_key").values_list("pk", "link_tags__tag", "link_tags__by_reader")
    return [rows, list(tags)]


def names(link: Link) -> set[str]:
    return set(link.tags.values_list("name", flat=True))


def ids(links) -> list[int]:
    return list(links.values_list("pk", flat=True))


@pytest.mark.parametrize(("what", "value"), ACTS)
def test_an_act_that_is_undone_leaves_everything_as_it_was(reader, shelf, what, value):
    before, noted = looks(shelf), Change.objects.count()
    act = carry_out(reader, what, value, ids(shelf))
    assert looks(shelf) != before
    assert undo(act) == act.count
    assert looks(shelf) == before
    assert Change.objects.count() == noted
    act.refresh_from_db()
    assert act.undone_at


@pytest.mark.parametrize(("what", "value"), ACTS)
def test_an_act_touches_nothing_of_another_reader_and_nothing_in_the_bin(reader, other_reader, what, value):
    theirs, binned = article(other_reader, "Theirs", ("go",)), article(reader, "Binned", ("go",), deleted_at=NOON)
    before = looks(Link.objects)
    act = carry_out(reader, what, value, [theirs.pk, binned.pk, 987654321])
    assert (act.count, looks(Link.objects)) == (0, before)
    assert not BulkAct.objects.exists()
    assert not Tag.objects.filter(owner=other_reader, name="new").exists()


def test_an_act_counts_what_it_changed_and_notes_it_on_each_article(reader, shelf):
    act = carry_out(reader, "state", "finished", [*ids(shelf), *ids(shelf)])
    assert act.count == 3
    assert set(act.changes.values_list("link__title", flat=True)) == {"Barred", "Plain", "Imported"}
    change = act.changes.get(link__title="Plain")
    assert (change.what, change.before, change.after) == (
        "state", {"state": "reading", "finished_at": None}, {"state": "finished"}
    )  # fmt: skip


def test_finishing_says_when_and_keeps_when_it_was_finished_before(reader, shelf):
    act = carry_out(reader, "state", "finished", ids(shelf))
    assert shelf.get(title="Plain").finished_at == act.at
    assert shelf.get(title="Barred").finished_at == NOON


def test_tags_are_put_on_as_the_readers_own_and_those_taken_off_stay_off(reader, shelf):
    carry_out(reader, "tags", {"add": ["New"], "remove": ["GO"]}, ids(shelf))
    own, barred = shelf.get(title="Own"), shelf.get(title="Barred")
    assert (names(own), own.removed_tags) == ({"new"}, ["c", "go"])
    assert (names(barred), barred.removed_tags) == ({"sql", "new"}, [])
    assert own.link_tags.get().by_reader
    change = own.changes.first()
    assert (change.before, change.after) == (["go"], ["new"])


def test_a_tag_that_nobody_has_is_not_made_by_taking_it_off(reader, shelf):
    assert carry_out(reader, "tags", {"add": [], "remove": ["nowhere"]}, ids(shelf)).count == 0
    assert not reader.tags.filter(name="nowhere").exists()


def test_an_undo_leaves_alone_what_was_changed_since(reader, shelf):
    act = carry_out(reader, "state", "archived", ids(shelf))
    shelf.filter(title="Own").update(state="inbox")
    shelf.filter(title="Plain").delete()
    assert (act.count, undo(act)) == (3, 1)
    assert dict(shelf.values_list("title", "state")) == {"Own": "inbox", "Barred": "archived", "Imported": "inbox"}
    assert act.changes.count() == 1


def test_an_undo_leaves_alone_tags_that_were_changed_since(reader, shelf):
    act = carry_out(reader, "tags", {"add": ["new"], "remove": ["go"]}, ids(shelf))
    imported, plain = shelf.get(title="Imported"), shelf.get(title="Plain")
    set_tags(imported, ["go", "sql", "mine"])
    set_tags(plain, [])
    assert undo(act) == 2
    imported.refresh_from_db()
    assert (names(imported), imported.removed_tags) == ({"go", "sql", "mine"}, ["new"])
    assert names(plain) == set()


def test_an_undo_is_not_in_the_way_of_a_tag_that_is_gone(reader, shelf):
    act = carry_out(reader, "tags", {"add": [], "remove": ["go"]}, ids(shelf))
    reader.tags.get(name="go").delete()
    assert undo(act) == 0


def test_what_is_in_the_bin_since_is_undone_there(reader, shelf):
    act = carry_out(reader, "favourite", True, ids(shelf))
    shelf.update(deleted_at=NOON)
    assert undo(act) == act.count == 3
    assert not shelf.get(title="Plain").favourite


def test_a_second_undo_does_nothing(reader, shelf):
    act = carry_out(reader, "favourite", True, ids(shelf))
    undo(act)
    shelf.update(favourite=True)
    assert undo(act) == 0
    assert shelf.filter(favourite=True).count() == 4


def test_the_index_learns_of_it(reader, shelf):
    link = shelf.get(title="Plain")
    SearchPending.objects.all().delete()
    act = carry_out(reader, "tags", {"add": ["new"], "remove": []}, [link.pk])
    assert ids_waiting() == {link.pk}
    SearchPending.objects.all().delete()
    undo(act)
    assert ids_waiting() == {link.pk}


def ids_waiting() -> set[int]:
    return set(SearchPending.objects.values_list("link_id", flat=True))


@pytest.mark.parametrize(("what", "value"), ACTS)
def test_what_an_act_asks_of_the_database_grows_with_its_chunks_alone(reader, what, value):
    def asked(number: int) -> int:
        state = "finished" if value == "inbox" else "inbox"
        fields = {"type": "Essay", "favourite": value is False, "state": state}
        links = [article(reader, "Some", ("go", "sql"), **fields).pk for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            act = carry_out(reader, what, value, links)
            assert undo(act) == number
        return len(captured)

    Tag.objects.ensure(reader.pk, ["new"])
    assert asked(2) == asked(12)


def test_more_than_one_chunk_is_done_and_undone(reader):
    links = [Link(owner=reader, title=str(number)) for number in range(CHUNK + 1)]
    Link.objects.bulk_create(links)
    act = carry_out(reader, "tags", {"add": ["many"], "remove": []}, ids(reader.links))
    assert act.count == CHUNK + 1 == reader.links.filter(tags__name="many").count()
    assert undo(act) == CHUNK + 1
    assert not reader.links.filter(tags__name="many").exists()
