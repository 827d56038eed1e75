"""What is kept. Each file holds a model and its QuerySet."""

from library.models.attachments import Attachment
from library.models.changes import BulkAct, Change
from library.models.departures import Departure
from library.models.exports import Export
from library.models.highlights import Colour, Highlight, HighlightTag
from library.models.imports import ImportedRecord, ImportRun, Outcome, RunState
from library.models.index import SearchDocument, SearchLanguage, SearchPending, SearchWord
from library.models.invitations import Invitation
from library.models.links import FormerAddress, Link, State
from library.models.renderings import Rendering
from library.models.reviews import Review
from library.models.revisions import Revision
from library.models.sections import Author, Kind, Section, SectionVersion
from library.models.security import Event, SecurityEvent
from library.models.shelves import Shelf
from library.models.sources import FormerOriginal, Original, Source
from library.models.tags import LinkTag, Tag, TagAlias
from library.models.tokens import ApiToken
from library.models.users import Face, Theme, User

__all__ = [
    "ApiToken",
    "Attachment",
    "Author",
    "BulkAct",
    "Change",
    "Colour",
    "Departure",
    "Event",
    "Export",
    "Face",
    "FormerAddress",
    "FormerOriginal",
    "Highlight",
    "HighlightTag",
    "ImportRun",
    "ImportedRecord",
    "Invitation",
    "Kind",
    "Link",
    "LinkTag",
    "Original",
    "Outcome",
    "Rendering",
    "Review",
    "Revision",
    "RunState",
    "SearchDocument",
    "SearchLanguage",
    "SearchPending",
    "SearchWord",
    "Section",
    "SectionVersion",
    "SecurityEvent",
    "Shelf",
    "Source",
    "State",
    "Tag",
    "TagAlias",
    "Theme",
    "User",
]
