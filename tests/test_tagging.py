"""Whole tags: renamed, merged, deleted, called by other names; what follows them."""

import pytest

from library import tagging
from library.models import Highlight, HighlightTag, LinkTag, Shelf, Tag, TagAlias
from library.models.writing import set_tags
from library.search import indexing, search
from tests.importers.link_files import import_files, link_file, write
from tests.views.shelf import article

pytestmark = pytest.mark.django_db


def tag(owner, name):
    return Tag.objects.get(owner=owner, name=name)


def found(owner, query):
    return sorted(owner.links.filter(pk__in=search(owner, query).links).values_list("title", flat=True))


def names(link):
    return sorted(link.tags.values_list("name", flat=True))


# --- other names ---------------------------------------------------------------------------------------------------


def test_an_alias_that_is_typed_becomes_its_tag(reader):
    link = article(reader, tags=("databases",))
    tagging.set_aliases(tag(reader, "databases"), ["DBs"])
    set_tags(link, ["dbs", "Databases", "new"])
    assert names(link) == ["databases", "new"]


def test_an_alias_finds_what_its_tag_finds(reader):
    article(reader, "One", ("databases",))
    tagging.set_aliases(tag(reader, "databases"), ["data stores"])
    assert found(reader, 'tag:"Data stores"') == found(reader, "tag:data-stores") == ["One"]


def test_aliases_that_are_taken_away_are_names_like_any(reader):
    link = article(reader, tags=("databases",))
    tagging.set_aliases(tag(reader, "databases"), ["db", "dbs"])
    tagging.set_aliases(tag(reader, "databases"), ["dbs"])
    set_tags(link, ["db", "dbs"])
    assert names(link) == ["databases", "db"]


def test_a_tag_taken_off_under_one_name_can_be_put_back_under_another(reader):
    link = article(reader, tags=("databases",))
    tagging.set_aliases(tag(reader, "databases"), ["db"])
    set_tags(link, [])
    assert link.removed_tags == ["databases"]
    set_tags(link, ["db"])
    assert link.removed_tags == []


def test_another_readers_alias_means_nothing_here(reader, other_reader):
    article(other_reader, tags=("databases",))
    tagging.set_aliases(tag(other_reader, "databases"), ["db"])
    link = article(reader)
    set_tags(link, ["db"])
    assert names(link) == ["db"]
    assert link.tags.get().owner == reader


def test_an_import_counts_an_alias_as_its_tag(reader, tmp_path):
    Tag.objects.ensure(reader.pk, ["databases"])
    tagging.set_aliases(tag(reader, "databases"), ["db"])
    folder = write(tmp_path, {"a.md": link_file(tags=["db", "databases", "history"])})
    assert import_files(reader, folder).new == 1
    link = reader.links.get()
    assert names(link) == ["databases", "history"]
    assert list(indexing.differences()) == []
    assert found(reader, "tag:db") == [link.title]


def test_a_file_that_changes_keeps_what_the_reader_made_of_its_tags(reader, tmp_path):
    """The union over the files, minus what the reader took off, plus what they put on, by whatever names."""
    folder = write(tmp_path, {"a.md": link_file(tags=["db", "old", "history"])})
    import_files(reader, folder)
    link = reader.links.get()
    set_tags(link, ["db", "old", "mine"])
    tagging.rename(tag(reader, "db"), "databases")
    tagging.rename(tag(reader, "history"), "the past")
    tagging.rename(tag(reader, "mine"), "ours")
    write(folder, {"a.md": link_file(tags=["DB", "history", "new"])})
    import_files(reader, folder)
    assert names(link) == ["databases", "new", "ours"]
    write(folder, {"a.md": link_file(tags=["databases", "The past", "new"], title="Again")})
    import_files(reader, folder)
    assert names(link) == ["databases", "new", "ours"]


# --- rename --------------------------------------------------------------------------------------------------------


def test_a_renamed_tag_keeps_its_articles_and_its_former_name(reader):
    link = article(reader, "One", ("db",))
    tagging.rename(tag(reader, "db"), "databases")
    assert (names(link), tag(reader, "databases").slug) == (["databases"], "databases")
    assert TagAlias.objects.get().slug == "db"
    for query in ("tag:databases", "tag:db", "databases"):
        assert found(reader, query) == ["One"]
    assert found(reader, "db") == []


def test_another_spelling_of_the_same_name_needs_no_alias(reader):
    article(reader, tags=("sql",))
    tagging.rename(tag(reader, "sql"), "SQL")
    assert tag(reader, "SQL").slug == "sql"
    assert not TagAlias.objects.exists()


def test_a_name_with_the_same_address_keeps_it(reader):
    article(reader, tags=("data base",))
    tagging.rename(tag(reader, "data base"), "data-base")
    assert tag(reader, "data-base").slug == "data-base"
    assert Tag.objects.called(reader.pk, ["Data Base"])["data base"].name == "data-base"


def test_a_tag_can_be_called_as_before_again(reader):
    article(reader, tags=("db",))
    for name in ("databases", "db", "databases"):
        tagging.rename(reader.tags.get(), name)
    assert (reader.tags.get().slug, [alias.name for alias in reader.tag_aliases.all()]) == ("databases", ["db"])


def test_tags_below_go_along_with_a_renamed_one(reader):
    one, other = article(reader, "One", ("Data/sql/joins", "data/Sql")), article(reader, "Other", ("info/sql", "data"))
    tagging.rename(tag(reader, "data"), "info")
    assert names(one) == ["info/sql", "info/sql/joins"]
    assert names(other) == ["info", "info/sql"]
    assert found(reader, "tag:data/sql") == ["One", "Other"]


# --- merge ---------------------------------------------------------------------------------------------------------


def test_merging_moves_each_article_once_and_keeps_what_the_reader_put_on(reader):
    both, first, second = (article(reader, title, tags) for title, tags in
                           (("Both", ("llm", "LLMs")), ("First", ("llm",)), ("Second", ("LLMs",))))  # fmt: skip
    LinkTag.objects.filter(link__in=[both, second], tag__name="LLMs").update(by_reader=True)
    tagging.merge(tag(reader, "LLMs"), tag(reader, "llm"))
    assert [names(link) for link in (both, first, second)] == [["llm"]] * 3
    assert dict(LinkTag.objects.values_list("link__title", "by_reader")) == {
        "Both": True, "First": False, "Second": True
    }  # fmt: skip
    assert found(reader, "tag:llm") == found(reader, "tag:LLMs") == ["Both", "First", "Second"]
    assert list(indexing.differences()) == []


def test_the_merged_tags_names_pin_and_description_go_to_the_other(reader):
    Tag.objects.ensure(reader.pk, ["llm", "LLMs"])
    tagging.set_aliases(tag(reader, "LLMs"), ["language models"])
    reader.tags.filter(name="LLMs").update(pinned=True, description="Theirs.")
    reader.tags.filter(name="llm").update(description="Ours.")
    tagging.merge(tag(reader, "LLMs"), tag(reader, "llm"))
    kept = reader.tags.get()
    assert sorted(alias.name for alias in kept.aliases.all()) == ["LLMs", "language models"]
    assert (kept.pinned, kept.description) == (True, "Ours.\n\nTheirs.")


def test_tags_below_go_along_with_a_merged_one_and_meet_their_like(reader):
    link = article(reader, "One", ("db/sql", "db/graphs", "data/sql"))
    Tag.objects.ensure(reader.pk, ["db", "data"])
    tagging.merge(tag(reader, "db"), tag(reader, "data"))
    assert names(link) == ["data/graphs", "data/sql"]


def test_a_tag_can_be_merged_into_one_below_it(reader):
    link = article(reader, "One", ("db", "db/sql", "db/graphs"))
    tagging.merge(tag(reader, "db"), tag(reader, "db/sql"))
    assert names(link) == ["db/graphs", "db/sql"]


@pytest.mark.parametrize(
    "before, after",
    [
        ("tag:llms", "tag:llm"),
        ('ledger -tag:"LLMs" OR (tags:LLMS llms)', "ledger -tag:llm OR (tags:llm llms)"),
        ('"tag:llms" tag:other  llms', '"tag:llms" tag:other  llms'),
        ("tag:“llms” is:unread", "tag:llm is:unread"),
    ],
)
def test_shelves_name_the_tag_that_was_merged_into(reader, put_up, before, after):
    Tag.objects.ensure(reader.pk, ["llm", "LLMs"])
    put_up(query=before)
    tagging.merge(tag(reader, "LLMs"), tag(reader, "llm"))
    assert Shelf.objects.get().query == after


def test_shelves_follow_a_renamed_tag_and_those_below_it(reader, put_up):
    Tag.objects.ensure(reader.pk, ["db", "db/sql"])
    put_up(query="tag:db -tag:db/sql")
    tagging.rename(tag(reader, "db"), "data stores")
    assert Shelf.objects.get().query == 'tag:"data stores" -tag:"data stores/sql"'


def test_before_a_merge_its_reach_is_known(reader, put_up, other_reader):
    for tags in (("llm", "LLMs"), ("LLMs",), ("LLMs", "LLMs/small"), ("llm",)):
        article(reader, tags=tags)
    article(reader, tags=("LLMs",), deleted_at=reader.date_joined)
    put_up(query="tag:llms")
    put_up("Theirs", "tag:llms", other_reader)
    reach = tagging.reach(tag(reader, "LLMs"), tag(reader, "llm"))
    assert (reach.articles, reach.both, len(reach.shelves), len(reach.below)) == (3, 1, 1, 1)


def test_while_thousands_of_articles_wait_for_the_index_their_tags_are_right(reader, monkeypatch):
    for number in range(4):
        article(reader, f"N{number}", ("LLMs",))
    article(reader, "Other", ("llm",))
    article(reader, "Bare")
    indexing.drain()
    monkeypatch.setattr("library.search.matches.indexing.drain", lambda **_: 1)
    tagging.merge(tag(reader, "LLMs"), tag(reader, "llm"))
    assert found(reader, "tag:llm") == ["N0", "N1", "N2", "N3", "Other"]
    assert found(reader, "-tag:llm") == found(reader, "tag:none") == ["Bare"]


# --- delete --------------------------------------------------------------------------------------------------------


def test_a_deleted_tag_leaves_its_articles_and_no_import_brings_it_back_to_them(reader, tmp_path):
    folder = write(tmp_path, {"a.md": link_file(tags=["db", "history"])})
    import_files(reader, folder)
    tagging.rename(tag(reader, "db"), "databases")
    tagging.delete(tag(reader, "databases"))
    link = reader.links.get()
    assert names(link) == ["history"]
    write(folder, {"a.md": link_file(tags=["db", "databases", "history", "new"])})
    import_files(reader, folder)
    assert names(link) == ["history", "new"]
    write(folder, {"b.md": link_file(tags=["db"], url="https://example.org/other")})
    import_files(reader, folder)
    assert names(reader.links.exclude(pk=link.pk).get()) == ["db"]


# --- below ---------------------------------------------------------------------------------------------------------


def test_a_tag_finds_what_stands_below_it(reader):
    tags = {"A": ["databases"], "B": ["databases/SQLite"], "C": ["databases", "databases/sqlite/wal"]}
    for title, names in {**tags, "D": ["databases-x"], "E": []}.items():
        article(reader, title, names)
    assert found(reader, "tag:databases") == ["A", "B", "C"]
    assert found(reader, "tag:databases/sqlite") == ["B", "C"]
    assert found(reader, "-tag:databases") == ["D", "E"]
    assert found(reader, "tag:none") == ["E"]


def test_what_is_no_tag_itself_may_have_tags_below_it(reader):
    article(reader, "A", ("work/reports",))
    assert found(reader, "tag:Work") == ["A"]


def test_a_tag_with_very_many_below_it_is_found(reader):
    article(reader, "A", [f"x/{number}" for number in range(1_500)])
    assert found(reader, "tag:x") == ["A"]


def test_a_tag_that_is_put_below_itself_takes_along_those_below_it_and_none_is_merged(reader):
    for name in ("p", "p/q", "p/y/q"):
        article(reader, name, (name,))
    tagging.rename(tag(reader, "p"), "p/y")
    assert {link.title: names(link) for link in reader.links.all()} == {
        "p": ["p/y"], "p/q": ["p/y/q"], "p/y/q": ["p/y/y/q"],
    }  # fmt: skip


def test_highlights_go_along_with_a_merged_tag_and_lose_a_deleted_one(reader):
    link = article(reader, "The ledger", ("b",))
    both, one, other = (Highlight.objects.create(link=link, quote="x") for _ in range(3))
    tags = Tag.objects.ensure(reader.pk, ["a", "b"])
    for highlight, names in ((both, "ab"), (one, "a"), (other, "b")):
        HighlightTag.objects.bulk_create(HighlightTag(highlight=highlight, tag=tags[name]) for name in names)
    assert tagging.reach(tags["a"]).highlights == 2
    tagging.merge(tags["a"], tags["b"])
    assert {each.tags.get() for each in (both, one, other)} == {tags["b"]}
    tagging.delete(reader.tags.get(name="b"))
    assert (Highlight.objects.count(), HighlightTag.objects.count()) == (3, 0)


def test_a_tag_of_a_highlight_is_found_as_its_text_and_not_as_a_tag_of_the_article(reader):
    link = article(reader, "The ledger")
    tag = Tag.objects.ensure(reader.pk, ["pepper"])["pepper"]
    HighlightTag.objects.create(highlight=Highlight.objects.create(link=link, quote="x"), tag=tag)
    assert search(reader, "in:highlights pepper").links == [link.pk]
    assert search(reader, "tag:pepper").links == []
    tagging.rename(tag, "saffron")
    assert search(reader, "in:highlights saffron").links == [link.pk]
    assert search(reader, "in:highlights pepper").links == []
