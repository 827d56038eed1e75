"""Random libraries, made through the doors that readers use, and what a library holds, to be compared."""

import hashlib
import zlib
from contextlib import suppress
from itertools import count
from pathlib import Path

from django.apps import apps
from django.db import models
from hypothesis import strategies as st

from library.content.anchors import anchor
from library.highlighting import Refused, change, delete, mark, plain_texts
from library.models import Highlight, HighlightTag, Link, Original, Review, Shelf, Tag, User
from library.models.bulk import carry_out, undo
from library.models.portable import LISTS, PREFERENCES, is_id, keys_of, parts_of, renumbered
from library.models.writing import (
    bin_link,
    delete_for_good,
    move_address,
    note_change,
    restore_link,
    set_tags,
    write_section,
)
from library.tagging import merge
from tests.importers.link_files import import_files, link_file, write

WORDS = ["ledger", "Ünï côdé", "思源笔记", "C++", "it's", 'a "quote"', "a: b", "# no comment", "- dash",
         "=SUM(1)", "&lt;b&gt;", "AT&amp;T", "'single'", "back\\slash", "[x](y)", "**bold**", "> quoted", "  blanks  ",
         "null", "yes", "2024-01-01", "tab\there", "\u2028line", "emoji 🎉", "--- no front ---", "none of it",
         "…", "`code`"]  # fmt: skip
BLOCKS = [*WORDS, "## Overview (from Notion)\nnot a heading of ours", "```\n## Content (from Notion)\n```",
          "## Plain heading", "- one\n- two\n", "\n\nlines\n\n\napart\n\n", "# Another title", "---", "~~~\nopen fence",
          "— woad, 2025, #x", "> a\n> b", "\\> escaped", "## Highlights (from Commonplace)\n\n> x",
          "Sentence one. Sentence two. Sentence three."]  # fmt: skip
word = st.sampled_from(WORDS)
block = st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=4).map("\n\n".join)
ACTS = [
    *("file", "add", "again", "write", "note", "other", "tags", "title", "address", "type", "state", "favourite"),
    *("date", "progress", "bin", "restore", "bulk", "undo", "mark", "change", "unmark", "see", "describe", "merge"),
    *("alias", "shelf", "preferences", "attach", "erase"),
]
acts = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5), word, block), min_size=3, max_size=25)
_numbers = count()


def build(owner: User, done: list[tuple[str, int, str, str]], folder: Path) -> None:
    """Carry out the acts. One that has nothing to act on does nothing."""
    for act, number, name, text in [("file", 0, "ledger", "A text."), *done]:
        links = list(owner.links.order_by("pk"))
        link = links[number % len(links)] if links else None
        if act == "file" or link:
            globals()[f"do_{act}"](owner, link, number, name, text, folder)


def do_file(owner, link, number, name, text, folder):
    """One, or one of several files with the same address."""
    place = folder / str(next(_numbers))
    data = link_file(name.strip() or "x", url=f"https://example.org/{number // 2}", content=text, summary=name,
                     tags=f"['{name.split()[0]}', 'shared']".replace("'it's'", '"it\'s"'),
                     created=f"2024-0{number + 1}-01T10:00:00.000Z")  # fmt: skip
    if number == 4:
        data = data.replace("\n", "\r\n")
    write(place, {f"{'deep/' * (number % 3)}{name.replace('/', '')[:20]}.md": data})
    import_files(owner, place)


def do_again(owner, link, number, name, text, folder):
    """A file comes again, changed: the former one is kept."""
    source = owner.sources.order_by("pk").first()
    if source and source.key.count("/") == 0:
        data = source.original.data.decode().replace("(from Notion)\n", f"(from Notion)\n{name} ", 1)
        import_files(owner, write(folder / str(next(_numbers)), {source.key: data}))


def do_add(owner, link, number, name, text, folder):
    made = Link(owner=owner)
    made.set_title(name)
    made.set_address(f"https://other.example/{number}?q={number}")
    if not owner.links.filter(url_hash=made.url_hash).exists():
        made.save()
        write_section(made, "article", text)
        note_change(made, "saved_at", None, made.saved_at.isoformat())


def do_write(owner, link, number, name, text, folder):
    author = ["reader", "model", "import"][number % 3]
    write_section(link, ["article", "overview", "summary"][number % 3], text, author=author, author_name=name)


def do_note(owner, link, number, name, text, folder):
    write_section(link, "note", text if number else "")


def do_other(owner, link, number, name, text, folder):
    write_section(link, "other", text, heading=f"{name} (from Elsewhere)" if number else name)


def do_tags(owner, link, number, name, text, folder):
    kept = list(link.tags.values_list("name", flat=True))[number % 2 :]
    set_tags(link, [*kept, name, f"family/{number}"])


def do_title(owner, link, number, name, text, folder):
    before = link.title
    link.set_title(name)
    link.save()
    note_change(link, "title", before, name)


def do_address(owner, link, number, name, text, folder):
    url = f"https://moved.example/{link.pk}/{number}"
    if not owner.links.filter(url=url).exists():
        move_address(link, url)
        link.save()


def do_type(owner, link, number, name, text, folder):
    Link.objects.filter(pk=link.pk).update(type=name)


def do_state(owner, link, number, name, text, folder):
    link.set_state(["inbox", "reading", "finished", "archived"][number % 4])
    link.save()


def do_favourite(owner, link, number, name, text, folder):
    Link.objects.filter(pk=link.pk).update(favourite=number % 2 == 0)


def do_progress(owner, link, number, name, text, folder):
    Link.objects.filter(pk=link.pk).update(progress=number * 20)


def do_date(owner, link, number, name, text, folder):
    link.saved_at = link.saved_at.replace(year=2001, microsecond=number)
    link.save()


def do_bin(owner, link, number, name, text, folder):
    bin_link(link)


def do_restore(owner, link, number, name, text, folder):
    restore_link(link)


def do_erase(owner, link, number, name, text, folder):
    bin_link(link)
    delete_for_good([link.pk])


def do_bulk(owner, link, number, name, text, folder):
    tags = {"add": [name], "remove": ["shared"]}
    what, value = [("tags", tags), ("favourite", True), ("state", "finished")][number % 3]
    carry_out(owner, what, value, owner.links.values_list("pk", flat=True))


def do_undo(owner, link, number, name, text, folder):
    if act := owner.bulk_acts.first():
        undo(act)


def do_mark(owner, link, number, name, text, folder):
    section = link.sections.exclude(text="").order_by("pk").first()
    says = plain_texts([section])[section.pk] if section else ""
    start = len(says) * number // 8
    if says[start : start + 12].strip():
        passage, colour = anchor(says, start, min(start + 12, len(says))), ["ochre", "woad"][number % 2]
        with suppress(Refused):
            mark(section, passage, colour, text if number else "", [name])


def do_attach(owner, link, number, name, text, folder):
    data = f"{number} {text}".encode()
    kept = {"size": len(data), "compressed": zlib.compress(data)}
    original, _ = Original.objects.get_or_create(sha256=hashlib.sha256(data).hexdigest(), defaults=kept)
    link.attachments.create(original=original, name=name, reference=f"a/{name}", media_type="image/png")


def highlight_of(owner, number):
    found = list(Highlight.objects.of(owner).order_by("pk"))
    return found[number % len(found)] if found else None


def do_change(owner, link, number, name, text, folder):
    if highlight := highlight_of(owner, number):
        change(highlight, "madder", text, [name, "second"])


def do_unmark(owner, link, number, name, text, folder):
    if highlight := highlight_of(owner, number):
        delete(highlight)


def do_see(owner, link, number, name, text, folder):
    if highlight := highlight_of(owner, number):
        Review.objects.of(owner).note_seen(highlight.pk)
        Review.objects.of(owner).let_come(highlight.pk, seldom=number % 2 == 0)


def tag_of(owner, number):
    found = list(owner.tags.order_by("pk"))
    return found[number % len(found)] if found else None


def do_describe(owner, link, number, name, text, folder):
    if tag := tag_of(owner, number):
        Tag.objects.filter(pk=tag.pk).update(description=text, pinned=True)


def do_alias(owner, link, number, name, text, folder):
    if tag := tag_of(owner, number):
        key = f"other{number}{tag.pk}"
        owner.tag_aliases.get_or_create(name_key=key, defaults={"tag": tag, "name": key.upper(), "slug": key})


def do_merge(owner, link, number, name, text, folder):
    tags = list(owner.tags.order_by("pk")[:2])
    if len(tags) == 2:
        merge(*tags)


def do_shelf(owner, link, number, name, text, folder):
    if not owner.shelves.named(name).exists():
        Shelf.objects.append(owner, name, query=f"tag:{number}", sort="title", in_rail=number % 2 == 0)


def do_preferences(owner, link, number, name, text, folder):
    chosen = {"theme": "sepia", "text_size": 15 + number, "time_zone": "Europe/Paris", "single_keys": False}
    User.objects.filter(pk=owner.pk).update(**chosen)


# --- what a library holds


def held(owner: User) -> dict[str, object]:
    """Every field of every row that belongs to the owner, whether or not it is carried, with ids by their order."""
    numbers: dict[tuple[type, int], int] = {}
    lists = {part.name: nested(part, part.model.objects.filter(owner=owner), numbers) for part in LISTS}
    owner.refresh_from_db()
    paths = ("sources__owner", "formers__source__owner", "attachments__link__owner")
    hashes = {pk for path in paths for pk in Original.objects.filter(**{path: owner}).values_list("pk", flat=True)}
    originals = Original.objects.filter(pk__in=hashes)
    return {
        **{name: named(rows, numbers) for name, rows in lists.items()},
        "originals": {each.sha256: hashlib.sha256(each.data).hexdigest() for each in originals},
        "reader": {name: getattr(owner, name) for name in PREFERENCES},
    }


def nested(part, found, numbers):
    rows = []
    for row in found.order_by("pk"):
        numbers[part.model, row.pk] = len(numbers)
        within = ((each, each.model.objects.filter(**{each.within: row})) for each in part.parts)
        rows.append((part, row, {each.name: nested(each, found, numbers) for each, found in within}))
    return rows


def named(rows, numbers):
    told = []
    for part, row, inner in rows:
        values = {
            field.name: value_of(part, row, field, numbers)
            for field in row._meta.concrete_fields
            if field.name not in ("owner", part.within) and not is_id(field)
        }
        told.append(values | {name: named(each, numbers) for name, each in inner.items()})
    return told if not rows or rows[0][0].numbered else sorted(told, key=repr)


def value_of(part, row, field, numbers):
    value = getattr(row, field.attname)
    if field.name in part.refers:
        gone: dict[int, int] = {}

        def number(model, old):
            """What is gone is nothing any more; but of highlights that are gone, the same one stays the same."""
            unknown = gone.setdefault(old, -len(gone) - 1) if model is Highlight else 0
            return numbers.get((model, old), unknown)

        return renumbered(value, number, keys_of(getattr(row, "what", "")))
    if isinstance(field, models.ForeignKey) and field.related_model is not Original and value is not None:
        return numbers[field.related_model, value]
    return value


def carried_models() -> set[str]:
    return {part.model._meta.label for top in LISTS for part in parts_of(top)}


def all_models() -> set[str]:
    return {model._meta.label for model in apps.get_models()}


def forget(owner: User) -> None:
    """So that nothing can be found again but in the export."""
    for part in LISTS:
        part.model.objects.filter(owner=owner).delete()
    Original.objects.all().delete()
    HighlightTag.objects.all().delete()
