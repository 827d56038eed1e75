"""Files on their way in pieces: a script sends them so, and goes on after a lost connection."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from library.importers import pieces
from library.importers.pieces import Listed
from library.views.imports import NO_ROOM, TOO_MANY_WAITING, limits, too_many_wait
from library.views.keys import number
from library.views.requests import ReaderRequest

LONGEST_NAME, LARGEST_NUMBER = 4_096, 2**53
NOT_UNDERSTOOD = "The list of the files can’t be read, so nothing was sent. Reload this page, and choose them again."


@require_POST
def begin(request: ReaderRequest) -> HttpResponse:
    """Answers how much of these files is here already."""
    files = listed(request)
    if not files:
        return problem(NOT_UNDERSTOOD, 400)
    if too_many_wait(request.user):
        return problem(TOO_MANY_WAITING, 429)
    if len(files) > settings.DATA_UPLOAD_MAX_NUMBER_FILES:
        return problem(limits()["many"], 413)
    if sum(file.size for file in files) > settings.IMPORT_UPLOAD_BYTES:
        return problem(limits()["large"], 413)
    try:
        upload = pieces.begin(request.user.pk, files)
        return JsonResponse({"upload": upload.key, "offset": upload.offset})
    except OSError as error:
        return problem(NO_ROOM.format(reason=error.strerror), 507)


@require_POST
def add(request: ReaderRequest, upload: str) -> HttpResponse:
    """The bytes from `offset` on. Where they don't follow, the answer says which do."""
    found = pieces.find(request.user.pk, upload)
    if found is None:
        raise Http404
    try:
        found.add(number(request.GET.get("offset", "")), request.body)
    except pieces.OutOfStep:
        return JsonResponse({"offset": found.offset}, status=409)
    except OSError as error:
        return problem(NO_ROOM.format(reason=error.strerror), 507)
    return JsonResponse({"offset": found.offset})


def problem(sentence: str, status: int) -> HttpResponse:
    return JsonResponse({"problem": sentence}, status=status)


def listed(request: HttpRequest) -> list[Listed]:
    """The files that the body lists; none where anything in it is wrong."""
    try:
        told = json.loads(request.body)
    except ValueError:
        return []
    files = [file_of(each) for each in told] if isinstance(told, list) else []
    return [] if None in files else [file for file in files if file]


def file_of(told: Any) -> Listed | None:
    if not isinstance(told, dict):
        return None
    name, size, modified = told.get("name"), count_of(told.get("size")), count_of(told.get("modified"))
    if not isinstance(name, str) or len(name) > LONGEST_NAME or size is None or modified is None:
        return None
    return Listed(name.encode(errors="replace").decode(), size, modified, told.get("folder") is True)


def count_of(told: object) -> int | None:
    return told if type(told) is int and 0 <= told < LARGEST_NUMBER else None
