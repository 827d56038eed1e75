"""Database triggers: whoever writes (this program, the admin, raw SQL), these stay true.

* `library_searchpending` gets a row for each link whose indexed text changed;
* `library_revision` grows with each change that a count, a tag or a shelf shows (reading on is none);
* `library_linktag.saved_at` follows its link's, and `library_link.marked_at` the link's newest highlight;
* each highlight has its row in `library_review`, of its link's owner;
* on SQLite, what leaves `library_searchdocument` leaves the index (PostgreSQL's is a column of that table).

Django's SQLite rebuilds a table on some migrations: it silently drops that table's triggers, and stumbles over others
that name the table. So they are dropped before a migration and installed again after it (`library.apps`), and
`check_library` looks for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

LINK = "library_link"
SECTION = "library_section"
LINK_TAG = "library_linktag"
TAG = "library_tag"
HIGHLIGHT = "library_highlight"
HIGHLIGHT_TAG = "library_highlighttag"
REVIEW = "library_review"
SHELF = "library_shelf"
DOCUMENT = "library_searchdocument"

LISTED_COLUMNS = (
    *("owner_id", "title", "title_key", "type", "saved_at", "state", "favourite", "deleted_at", "finished_at"),
    *("site", "words", "minutes", "has_overview", "has_summary", "has_article", "has_note"),
)


@dataclass(frozen=True, slots=True)
class Trigger:
    """`body` is one SQL statement in which {row} stands for NEW or OLD."""

    name: str
    table: str
    event: str
    row: str
    body: str
    columns: tuple[str, ...] = ()
    deferred: bool = False
    vendor: str = ""

    @property
    def statement(self) -> str:
        return self.body.format(row=self.row)

    @property
    def of_columns(self) -> str:
        return f" OF {', '.join(self.columns)}" if self.columns else ""


PENDING_LINK = "INSERT INTO library_searchpending (owner_id, link_id) VALUES ({row}.owner_id, {row}.id)"
PENDING_BY_LINK_ID = (
    "INSERT INTO library_searchpending (owner_id, link_id) "
    "SELECT owner_id, id FROM library_link WHERE id = {row}.link_id"
)
PENDING_BY_HIGHLIGHT = (
    "INSERT INTO library_searchpending (owner_id, link_id) SELECT l.owner_id, l.id "
    "FROM library_highlight AS h JOIN library_link AS l ON l.id = h.link_id WHERE h.id = {row}.highlight_id"
)
PENDING_BY_TAG = (
    "INSERT INTO library_searchpending (owner_id, link_id) "
    "SELECT {row}.owner_id, link_id FROM library_linktag WHERE tag_id = {row}.id "
    "UNION SELECT {row}.owner_id, h.link_id FROM library_highlighttag AS t "
    "JOIN library_highlight AS h ON h.id = t.highlight_id WHERE t.tag_id = {row}.id"
)
FORGET_DOCUMENT = "DELETE FROM library_searchindex WHERE rowid = {row}.number"
FOLLOW_MARKS = (
    "UPDATE library_link SET marked_at = (SELECT max(created_at) FROM library_highlight "
    "WHERE link_id = {row}.link_id) WHERE id = {row}.link_id"
)
FOLLOW_SAVED_AT = "UPDATE library_linktag SET saved_at = NEW.saved_at WHERE link_id = NEW.id"

SEARCH_TRIGGERS = [
    Trigger("search_link_added", LINK, "INSERT", "NEW", PENDING_LINK),
    Trigger(
        "search_link_changed", LINK, "UPDATE", "NEW", PENDING_LINK, ("title", "deleted_at", "saved_at", "owner_id")
    ),
    Trigger("search_link_left", LINK, "UPDATE", "OLD", PENDING_LINK, ("owner_id",)),
    Trigger("search_link_removed", LINK, "DELETE", "OLD", PENDING_LINK),
    Trigger("search_section_added", SECTION, "INSERT", "NEW", PENDING_BY_LINK_ID),
    Trigger(
        "search_section_changed", SECTION, "UPDATE", "NEW", PENDING_BY_LINK_ID, ("text", "kind", "position", "link_id")
    ),
    Trigger("search_section_moved", SECTION, "UPDATE", "OLD", PENDING_BY_LINK_ID, ("link_id",)),
    Trigger("search_section_removed", SECTION, "DELETE", "OLD", PENDING_BY_LINK_ID),
    Trigger("search_link_tag_added", LINK_TAG, "INSERT", "NEW", PENDING_BY_LINK_ID),
    Trigger("search_link_tag_changed", LINK_TAG, "UPDATE", "NEW", PENDING_BY_LINK_ID, ("tag_id", "link_id")),
    Trigger("search_link_tag_moved", LINK_TAG, "UPDATE", "OLD", PENDING_BY_LINK_ID, ("link_id",)),
    Trigger("search_link_tag_removed", LINK_TAG, "DELETE", "OLD", PENDING_BY_LINK_ID),
    Trigger("search_tag_renamed", TAG, "UPDATE", "NEW", PENDING_BY_TAG, ("name",)),
    Trigger("search_highlight_added", HIGHLIGHT, "INSERT", "NEW", PENDING_BY_LINK_ID),
    Trigger("search_highlight_changed", HIGHLIGHT, "UPDATE", "NEW", PENDING_BY_LINK_ID, ("quote", "note", "link_id")),
    Trigger("search_highlight_moved", HIGHLIGHT, "UPDATE", "OLD", PENDING_BY_LINK_ID, ("link_id",)),
    Trigger("search_highlight_removed", HIGHLIGHT, "DELETE", "OLD", PENDING_BY_LINK_ID),
    Trigger("search_highlight_tag_added", HIGHLIGHT_TAG, "INSERT", "NEW", PENDING_BY_HIGHLIGHT),
    Trigger("search_highlight_tag_changed", HIGHLIGHT_TAG, "UPDATE", "NEW", PENDING_BY_HIGHLIGHT),
    Trigger("search_highlight_tag_moved", HIGHLIGHT_TAG, "UPDATE", "OLD", PENDING_BY_HIGHLIGHT, ("highlight_id",)),
    Trigger("search_highlight_tag_removed", HIGHLIGHT_TAG, "DELETE", "OLD", PENDING_BY_HIGHLIGHT),
    Trigger("search_document_removed", DOCUMENT, "DELETE", "OLD", FORGET_DOCUMENT, vendor="sqlite"),
]
FOLLOWING_TRIGGERS = [
    Trigger("link_tag_follows_saved_at", LINK, "UPDATE", "NEW", FOLLOW_SAVED_AT, ("saved_at",)),
    Trigger("marked_at_follows_added", HIGHLIGHT, "INSERT", "NEW", FOLLOW_MARKS),
    Trigger("marked_at_follows_changed", HIGHLIGHT, "UPDATE", "NEW", FOLLOW_MARKS, ("created_at", "link_id")),
    Trigger("marked_at_follows_moved", HIGHLIGHT, "UPDATE", "OLD", FOLLOW_MARKS, ("link_id",)),
    Trigger("marked_at_follows_removed", HIGHLIGHT, "DELETE", "OLD", FOLLOW_MARKS),
]

NEW_REVIEW = (
    "INSERT INTO library_review (highlight_id, owner_id, turns, since, seldom, stopped) "
    "SELECT NEW.id, owner_id, 0, NEW.created_at, FALSE, FALSE FROM library_link WHERE id = NEW.link_id "
    "ON CONFLICT (highlight_id) DO NOTHING"
)
FOLLOW_OWNER = (
    "UPDATE library_review SET owner_id = NEW.owner_id "
    "WHERE highlight_id IN (SELECT id FROM library_highlight WHERE link_id = NEW.id)"
)
REVIEW_TRIGGERS = [
    Trigger("review_of_highlight", HIGHLIGHT, "INSERT", "NEW", NEW_REVIEW),
    Trigger("review_follows_owner", LINK, "UPDATE", "NEW", FOLLOW_OWNER, ("owner_id",)),
]

OWNER_OF_TAG = "(SELECT owner_id FROM library_tag WHERE id = {row}.tag_id)"
OWNER_OF_LINK = "(SELECT owner_id FROM library_link WHERE id = {row}.link_id)"


def _revision_triggers() -> list[Trigger]:
    triggers = []
    for table, owner, columns in (
        (LINK, "{row}.owner_id", LISTED_COLUMNS),
        (TAG, "{row}.owner_id", ()),
        (LINK_TAG, OWNER_OF_TAG, ()),
        (HIGHLIGHT, OWNER_OF_LINK, ()),
        (HIGHLIGHT_TAG, OWNER_OF_TAG, ()),
        (REVIEW, "{row}.owner_id", ()),
        (SHELF, "{row}.owner_id", ()),
    ):
        for event in ("INSERT", "UPDATE", "DELETE"):
            triggers.append(
                Trigger(
                    f"revision_{table.removeprefix('library_')}_{event.lower()}",
                    table,
                    event,
                    "OLD" if event == "DELETE" else "NEW",
                    owner,
                    columns if event == "UPDATE" else (),
                    deferred=True,
                )
            )
    left = Trigger("revision_link_left", LINK, "UPDATE", "OLD", "{row}.owner_id", ("owner_id",), deferred=True)
    return [*triggers, left]


REVISION_TRIGGERS = _revision_triggers()
TRIGGERS = [*SEARCH_TRIGGERS, *FOLLOWING_TRIGGERS, *REVIEW_TRIGGERS, *REVISION_TRIGGERS]

SQLITE_BUMP = (
    "INSERT INTO library_revision (owner_id, number) SELECT {owner}, 1 WHERE {owner} IS NOT NULL "
    "ON CONFLICT (owner_id) DO UPDATE SET number = number + 1"
)

# Deferred to the commit, once per transaction and owner: taken earlier, the row lock could meet another
# transaction's locks in the other order and deadlock.
POSTGRES_BUMP = """
CREATE OR REPLACE FUNCTION commonplace_bump(owner bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    setting text := 'commonplace.bumped_' || owner;
    this text := txid_current()::text;
BEGIN
    IF owner IS NULL OR current_setting(setting, true) = this THEN
        RETURN;
    END IF;
    INSERT INTO library_revision (owner_id, number) VALUES (owner, 1)
        ON CONFLICT (owner_id) DO UPDATE SET number = library_revision.number + 1;
    PERFORM set_config(setting, this, true);
END $$
"""


def before_migrate(using: str, plan: list[Any], **kwargs: Any) -> None:
    """Receiver of `pre_migrate`."""
    if plan and connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            for trigger in TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}")


def after_migrate(using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`; a database migrated only part of the way has no triggers yet."""
    connection = connections[using]
    if {trigger.table for trigger in TRIGGERS} | {"library_revision"} <= set(connection.introspection.table_names()):
        install(connection)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger as it is defined here, whatever stood there before. Idempotent."""
    create = _create_on_sqlite if connection.vendor == "sqlite" else _create_on_postgres
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute(POSTGRES_BUMP)
        for trigger in _wanted(connection):
            for statement in create(trigger):
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that the database lacks."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {row[0] for row in cursor.fetchall()}
    return [trigger.name for trigger in _wanted(connection) if trigger.name not in found]


def _wanted(connection: BaseDatabaseWrapper) -> list[Trigger]:
    return [trigger for trigger in TRIGGERS if trigger.vendor in ("", connection.vendor)]


def _create_on_sqlite(trigger: Trigger) -> list[str]:
    body = SQLITE_BUMP.format(owner=trigger.statement) if trigger.deferred else trigger.statement
    return [
        f"DROP TRIGGER IF EXISTS {trigger.name}",
        f"CREATE TRIGGER {trigger.name} AFTER {trigger.event}{trigger.of_columns} ON {trigger.table} "
        f"BEGIN {body}; END",
    ]


def _create_on_postgres(trigger: Trigger) -> list[str]:
    body = f"PERFORM commonplace_bump({trigger.statement})" if trigger.deferred else trigger.statement
    kind, timing = ("CONSTRAINT ", " DEFERRABLE INITIALLY DEFERRED") if trigger.deferred else ("", "")
    return [
        f"CREATE OR REPLACE FUNCTION commonplace_{trigger.name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body}; RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}",
        f"CREATE {kind}TRIGGER {trigger.name} AFTER {trigger.event}{trigger.of_columns} ON {trigger.table}{timing} "
        f"FOR EACH ROW EXECUTE FUNCTION commonplace_{trigger.name}()",
    ]
