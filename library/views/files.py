"""Files that came with an article, for its reader alone. Nothing in them runs, whatever they hold."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from library.models import Attachment
from library.models.attachments import SHOWN
from library.views.requests import ReaderRequest

POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
UNKNOWN = "application/octet-stream"
KEPT = "private, max-age=31536000, immutable"


@require_safe
def file(request: ReaderRequest, pk: int, file: int, name: str) -> HttpResponse:
    own = Attachment.objects.filter(link__in=request.user.links.filter(pk=pk)).select_related("original")
    found = get_object_or_404(own, pk=file, name=name)
    is_shown = found.media_type in SHOWN
    answer = HttpResponse(found.original.data, content_type=found.media_type if is_shown else UNKNOWN)
    disposition = content_disposition_header(not is_shown, found.name)
    if disposition:
        answer.headers["Content-Disposition"] = disposition
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = KEPT
    return answer
