"""The command palette: from a few letters to an article, a tag or something to do. Answers with the options alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from library.content.text import clean_text, fold
from library.models import Link, State, Theme, User
from library.models.links import shown_title
from library.search import Results, search
from library.search.snippets import Marker
from library.views import keys
from library.views.counts import Counts
from library.views.requests import ReaderRequest
from library.views.rows import reader_path, tag_path
from library.views.search import saved_from, with_open_end

MOST = 8
LONGEST_TEXT = 200
FIELDS = ("id", "title", "url", "site", "type")


@dataclass(frozen=True, slots=True)
class Option:
    """One line. It leads to `href`, presses a key of the page, or puts a theme on (`wear`). `keys` do the same."""

    id: str
    words: str
    icon: str
    meta: str = ""
    href: str = ""
    press: str = ""
    wear: str | None = None
    keys: str = ""
    outside: bool = False


class Group(NamedTuple):
    name: str
    options: Sequence[Option]


MOVES = {
    State.FINISHED: Option("finish", "Finish", "check", press="d", keys="D"),
    State.ARCHIVED: Option("archive", "Archive", "archive", press="e", keys="E"),
    State.INBOX: Option("back-to-inbox", "Back to the inbox", "inbox", press="i", keys="I"),
}
ANYWHERE = (
    Option("add", "Add a link", "add", href="/add/", keys="A"),
    Option("library", "Go to Library", "library", href="/library/", keys="G L"),
    Option("inbox", "Go to Inbox", "inbox", href="/library/?state=inbox", keys="G I"),
    Option("reading", "Go to Reading", "library", href="/library/?state=reading"),
    Option("finished", "Go to Finished", "check", href="/library/?state=finished"),
    Option("archived", "Go to Archived", "archive", href="/library/?state=archived"),
    Option("favourites", "Go to Favourites", "star", href="/library/?state=favourites"),
    Option("highlights", "Go to Highlights", "mark", href="/highlights/", keys="G H"),
    Option("review", "Go to Daily review", "update", href="/review/", keys="G R"),
    Option("tags", "Go to Tags", "tag", href="/tags/", keys="G T"),
    Option("shelves", "Go to Shelves", "shelf", href="/shelves/", keys="G V"),
    Option("search", "Go to Search", "search", href="/search/", keys="/"),
    Option("import", "Go to Import", "import", href="/import/", keys="G M"),
    Option("export", "Go to Export", "out", href="/export/"),
    Option("statistics", "Go to Statistics", "stats", href="/statistics/", keys="G S"),
    Option("activity", "Go to Activity", "update", href="/activity/"),
    Option("bin", "Go to the Bin", "bin", href="/bin/", keys="G B"),
    Option("settings", "Go to Settings", "settings", href="/settings/"),
    *(
        Option(f"theme-{theme or 'system'}", f"Theme: {theme.label.lower()}", "settings", wear=theme.value)
        for theme in Theme
    ),
    Option("shortcuts", "Keyboard shortcuts", "rows", press="?", keys="?"),
)


@require_safe
def palette(request: ReaderRequest) -> HttpResponse:
    """`q` is what was typed so far, `link` the article at hand, `recent` the ids of those opened last, with dots."""
    text = clean_text(request.GET.get("q", "")).strip()[:LONGEST_TEXT]
    if text:
        found = search(request.user, with_open_end(text), limit=MOST, count_all=False, doubt=False)
        there = saved_from(request.user, text)
        ids = [*([there.pk] if there else []), *found.links][:MOST]
        groups = [Group("Articles", article_options(request.user, ids, None if there else found))]
        named = [*shelf_options(request.user, text), *tag_options(Counts.of(request.user), text)]
        groups.append(Group("Tags and shelves", named[:MOST]))
    else:
        opened = numbers(request.GET.get("recent", "").split("."))
        groups = [Group("Opened last", article_options(request.user, opened))]
    groups.append(Group("Do", action_options(request.user, request.GET.get("link", ""), text)))
    context = {
        "groups": [group for group in groups if group.options],
        "total": sum(len(group.options) for group in groups),
        "text": text,
        "everything": f"/search/?{urlencode({'q': text})}",
    }
    return render(request, "palette/options.html", context)


def numbers(texts: Iterable[str]) -> list[int]:
    """The ids among these, of no more than are shown."""
    return list(filter(None, map(keys.number, texts)))[:MOST]


def article_options(user: User, ids: Sequence[int], found: Results | None = None) -> list[Option]:
    """These articles in this order, as far as they are the reader's and not in the Bin."""
    links = {link["id"]: link for link in user.links.kept().filter(pk__in=ids).values(*FIELDS)} if ids else {}
    return [article_option(links[pk], behind(links[pk]["title"], found)) for pk in ids if pk in links]


def behind(title: str, found: Results | None) -> str:
    """What opens an article at its first match, where its title has not all the words itself."""
    words = found.query.positive if found else []
    if not found or {span.word for span in Marker(words, found.languages).spans(title)} == set(range(len(words))):
        return ""
    return f"?{urlencode({'q': found.query.typed})}#match-1"


def article_option(link: dict[str, Any], behind: str) -> Option:
    return Option(
        f"article-{link['id']}",
        shown_title(link["title"], link["url"]),
        "library",
        " · ".join(filter(None, (link["type"], link["site"]))),
        reader_path(link["id"], link["title"]) + behind,
    )


def shelf_options(user: User, text: str) -> list[Option]:
    """Shelves that have the text in their name."""
    shelves = user.shelves.filter(name_key__contains=fold(text)).order_by("position")[:MOST]
    return [Option(f"shelf-{one.pk}", one.name, "shelf", href=f"/shelves/{quote(one.slug)}/") for one in shelves]


def tag_options(counts: Counts, text: str) -> list[Option]:
    """Tags that have the text in their name: those that begin with it first, then those on most articles."""
    wanted = fold(text)
    found = [
        (not fold(name).startswith(wanted), -number, Option(f"tag-{pk}", name, "tag", articles(number), tag_path(slug)))
        for slug, (pk, name, number) in counts.tags().items()
        if wanted in fold(name)
    ]
    return [option for *_, option in sorted(found, key=lambda each: each[:2])[:MOST]]


def articles(number: int) -> str:
    return "1 article" if number == 1 else f"{number:,} articles"


def action_options(user: User, link_id: str, text: str) -> list[Option]:
    """What can be done with the article at hand, then what can be done anywhere, as far as the words fit."""
    wanted = fold(text).split()
    at_hand = user.links.filter(pk__in=numbers([link_id])).first()
    offered = [*(on_article(at_hand) if at_hand else ()), *ANYWHERE]
    fitting = [option for option in offered if all(word in fold(option.words) for word in wanted)]
    return [option for option in fitting if option.wear != user.theme][:MOST]


def on_article(link: Link) -> Iterable[Option]:
    yield from (option for state, option in MOVES.items() if state != link.state)
    words = "No longer a favourite" if link.favourite else "Favourite"
    yield Option("favourite", words, "star", press="f", keys="F")
    if link.url_hash:
        yield Option("original", "Open original", "out", href=link.url, outside=True)
    yield Option("edit", "Edit", "edit", href=f"/read/{link.pk}/edit/")
