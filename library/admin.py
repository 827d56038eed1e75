"""Django's admin, for the person who runs the server: readers and imports, and where links stand; never their texts."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from library import tasks
from library.backups import schedule
from library.models import ImportedRecord, ImportRun, Link, SecurityEvent, User


class Site(admin.AdminSite):
    """Its readers come in by the house's own door, where tries are counted."""

    site_title = "Commonplace"
    site_header = "Commonplace, for the person who runs it"
    index_title = "Readers and imports"
    site_url = "/library/"

    @login_not_required
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path.removesuffix("login/")))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        passed = schedule.age()
        backup = {
            "folder": settings.BACKUP_FOLDER,
            "every": settings.BACKUP_EVERY,
            "newest": schedule.newest(),
            "made_at": timezone.now() - passed if passed is not None else None,
            "is_late": schedule.is_late(),
            "problem": tasks.why_no_backup(),
        }
        return super().index(request, {**(extra_context or {}), "backup": backup})

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("settings.password")


site = Site()


class LookOnly:
    """To be read: what happened is not rewritten by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User, site=site)
class ReaderAdmin(UserAdmin):  # type: ignore[type-arg]
    """Readers are shut out by taking "active" off; to delete one would delete their library unasked."""

    list_display = ("username", "is_active", "is_staff", "is_superuser", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined")
    search_fields = ("username", "first_name", "last_name", "email")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("What they may do", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).filter(departure__isnull=True)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ImportRun, site=site)
class ImportRunAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """`found` is left out: it holds the first values of columns."""

    exclude = ("found",)
    list_display = ("id", "label", "owner", "state", "records", "new", "updated", "rejected", "created_at")
    list_display_links = ("id", "label")
    list_filter = ("state", "dry_run", "uploaded", "format", "created_at", "owner")
    list_select_related = ("owner",)
    search_fields = ("label", "error", "owner__username")
    date_hierarchy = "created_at"


@admin.register(ImportedRecord, site=site)
class ImportedRecordAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """`changes` is left out: it can hold what a link said before."""

    list_display = ("id", "file", "outcome", "message", "run")
    list_filter = ("outcome",)
    list_select_related = ("run",)
    search_fields = ("file", "message", "sha256")
    fields = ("run", "file", "position", "sha256", "outcome", "message", "warnings", "link_number")
    show_full_result_count = False

    @admin.display(description="link")
    def link_number(self, record: ImportedRecord) -> str:
        return str(record.link_id or "none")


@admin.register(Link, site=site)
class LinkAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "title", "owner", "site", "type", "state", "saved_at", "deleted_at")
    list_display_links = ("id", "title")
    list_filter = ("state", "favourite", ("deleted_at", admin.EmptyFieldListFilter), "saved_at", "owner")
    list_select_related = ("owner",)
    search_fields = ("title", "url", "site", "owner__username")
    show_full_result_count = False
    fields = (
        "owner", "url", "site", "title", "type", "saved_at", "state", "favourite", "progress", "finished_at",
        "deleted_at", "words", "minutes", "created_at", "updated_at",
    )  # fmt: skip


@admin.register(SecurityEvent, site=site)
class SecurityEventAdmin(LookOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "kind", "owner", "address", "count", "detail")
    list_filter = ("kind", "at")
    list_select_related = ("owner",)
    search_fields = ("address", "detail", "owner__username")
    ordering = ("-at", "-id")
    show_full_result_count = False
