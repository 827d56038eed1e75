"""What every page's rail shows: a context processor."""

from typing import Any

from django.http import HttpRequest


def rail(request: HttpRequest) -> dict[str, Any]:
    return {}
