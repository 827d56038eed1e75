"""Highlights keep to their passages, whatever becomes of the text."""

import pytest

from library import tagging
from library.content.anchors import Anchor
from library.forms.edit import EditForm
from library.highlighting import GONE, Refused, change, delete, mark, place_again, undo
from library.models import Change, Highlight, Kind, Tag
from library.models.writing import write_section
from tests.importers.link_files import import_files, link_file, write
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
TEXT = """The first book lay *open* on the counter.

- One debt half paid
- One quarrel over pepper

The ledger came last."""


@pytest.fixture
def link(reader):
    return article(reader, article=TEXT, note="Nothing yet.")


def marked(link, quote: str, kind: str = "article", **more: object) -> Highlight:
    return mark(link.sections.get(kind=kind), Anchor(quote), more.pop("colour", "ochre"), **more)[0]


def edit(link, text: str, kind: str = "article") -> None:
    """As the page of the article's texts does it."""
    form = EditForm(link)
    form = EditForm(link, {f"base-{name}": base for name, base in form.bases.items()} | form.now | {kind: text})
    assert form.is_valid()
    form.save()


def test_a_passage_is_kept_with_what_stands_around_it(link):
    made = marked(link, "book lay open on the counter.\nOne debt", colour="woad", note="Mine.")
    assert (made.quote, made.colour, made.note) == ("book lay open on the counter.\nOne debt", "woad", "Mine.")
    assert (made.start, made.end) == (10, 48)
    assert made.prefix.endswith("The first ")
    assert made.suffix.startswith(" half paid\nOne")


def test_white_space_around_a_passage_is_no_part_of_it(link):
    section = link.sections.get(kind="article")
    assert mark(section, Anchor(" open on ", start=18, end=27), "ochre")[0].quote == "open on"


def test_a_wrong_position_is_put_right_by_the_quote(link):
    section = link.sections.get(kind="article")
    assert mark(section, Anchor("The ledger came last.", start=3, end=24), "ochre")[0].start == 83


@pytest.mark.parametrize("quote", ["vellum", " ", "", "\n"])
def test_a_passage_that_is_not_there_is_refused(link, quote):
    with pytest.raises(Refused, match=GONE[:20]):
        marked(link, quote)
    assert not Highlight.objects.exists()


def test_a_passage_that_is_marked_already_takes_the_new_colour_and_keeps_its_note(link):
    first = marked(link, "The ledger", note="Mine.")
    second = marked(link, "The ledger", colour="madder")
    assert (second.pk, second.colour, second.note) == (first.pk, "madder", "Mine.")


def test_an_edit_before_a_passage_moves_it(link):
    made = marked(link, "One quarrel over pepper")
    edit(link, "A new beginning.\n\n" + TEXT)
    moved = Highlight.objects.get()
    assert (moved.pk, moved.quote, moved.start) == (made.pk, made.quote, made.start + len("A new beginning.\n"))


def test_an_edit_of_a_passage_itself_takes_it_along(link):
    marked(link, "The first book lay open on the counter.")
    edit(link, TEXT.replace("lay *open*", "lay wide open"))
    assert Highlight.objects.get().quote == "The first book lay wide open on the counter."


def test_a_passage_that_goes_loses_its_place_and_finds_it_when_it_comes_back(link):
    made = marked(link, "One quarrel over pepper", note="Why?")
    edit(link, "Nothing of it is left here.")
    lost = Highlight.objects.get()
    assert (lost.quote, lost.note, lost.section_id) == (made.quote, "Why?", made.section_id)
    assert (lost.start, lost.end) == (None, None)
    edit(link, TEXT)
    assert (Highlight.objects.get().start, Highlight.objects.get().quote) == (made.start, made.quote)


def test_a_highlight_whose_section_goes_is_looked_for_in_the_others(link):
    made = marked(link, "One quarrel over pepper")
    link.sections.get(kind="article").delete()
    assert Highlight.objects.get().section_id is None
    edit(link, "I copied this: one debt half paid. One quarrel over pepper.", "note")
    found = Highlight.objects.get()
    assert (found.pk, found.section.kind, found.quote) == (made.pk, "note", "One quarrel over pepper")


def test_a_changed_file_moves_the_marks_with_the_text(reader, tmp_path):
    write(tmp_path / "export", {"ledger.md": link_file(content=TEXT)})
    import_files(reader, tmp_path / "export")
    link = reader.links.get()
    made = marked(link, "The ledger came last.")
    write(tmp_path / "export", {"ledger.md": link_file(content=f"Before it all.\n\n{TEXT}")})
    import_files(reader, tmp_path / "export")
    assert Highlight.objects.get().start == made.start + len("Before it all.\n")


def test_placing_again_costs_one_query_where_nothing_is_marked(reader, django_assert_num_queries):
    links = [article(reader, str(number), article=TEXT).pk for number in range(5)]
    with django_assert_num_queries(3):  # with the savepoint around it
        place_again(links)


def test_a_deleted_highlight_comes_back_as_it_was(reader, link):
    made = marked(link, "The ledger", colour="woad", note="Mine.")
    before = Highlight.objects.values().get()
    delete(made)
    assert not Highlight.objects.exists()
    undo(reader, before["id"])
    assert Highlight.objects.values().get() == before


def test_what_came_back_is_looked_for_in_the_text_as_it_is_now(reader, link):
    made = marked(link, "The ledger came last.")
    pk, start = made.pk, made.start
    delete(made)
    write_section(link, Kind.ARTICLE, "Before it all.\n\n" + TEXT)
    undo(reader, pk)
    assert Highlight.objects.get().start == start + len("Before it all.\n")


def test_a_change_is_noted_and_taken_back(reader, link):
    made = marked(link, "The ledger", note="Mine.")
    change(made, "madder", "Mine, longer.")
    change(made, "madder", "Mine, longer.")
    marking, changing = Change.objects.filter(what="highlight").order_by("id")
    assert (marking.before, marking.after) == (None, {"id": made.pk})
    assert (changing.before["colour"], changing.after["colour"]) == ("ochre", "madder")
    undo(reader, made.pk)
    made.refresh_from_db()
    assert (made.colour, made.note) == ("ochre", "Mine.")


def test_nobody_takes_back_what_another_did(reader, other_reader, link):
    made = marked(link, "The ledger")
    pk = made.pk
    delete(made)
    assert undo(other_reader, pk) is None
    assert not Highlight.objects.exists()


def test_a_highlight_has_the_readers_tags_by_any_of_their_names(reader, link):
    tag = Tag.objects.ensure(reader.pk, ["databases"])["databases"]
    tag.aliases.create(owner=reader, name="db", name_key="db", slug="db")
    made = marked(link, "The ledger", tags=["DB", "To quote"])
    assert sorted(made.tags.values_list("name", flat=True)) == ["To quote", "databases"]
    assert not link.tags.exists()


def test_a_passage_that_is_marked_again_keeps_its_tags_unless_it_gets_others(link):
    marked(link, "The ledger", tags=["a"])
    assert names_on(marked(link, "The ledger", colour="woad")) == ["a"]
    assert names_on(marked(link, "The ledger", tags=["b"])) == ["b"]


def test_an_undo_gives_back_the_tags_that_are_still_there(reader, link):
    made = marked(link, "The ledger", tags=["a", "b", "c"])
    delete(made)
    tagging.rename(reader.tags.get(name="a"), "z")
    tagging.delete(reader.tags.get(name="b"))
    undo(reader, Change.objects.first().before["id"])
    assert names_on(Highlight.objects.get()) == ["c", "z"]
    assert not reader.tags.filter(name="b").exists()


def test_an_undo_can_be_undone(reader, link):
    made = marked(link, "The ledger", tags=["a"])
    change(made, "woad", "Mine.", ["b"])
    for colour, note, tags in (("ochre", "", ["a"]), ("woad", "Mine.", ["b"])):
        undo(reader, made.pk)
        made.refresh_from_db()
        assert (made.colour, made.note, names_on(made)) == (colour, note, tags)


def names_on(highlight: Highlight) -> list[str]:
    return list(highlight.tags.order_by("name_key").values_list("name", flat=True))
