"""What programs may ask, with a token (`library.tokens`). JSON alone."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from library.tokens import TokenRequest, token_required


@token_required()
@require_safe
def me(request: TokenRequest) -> HttpResponse:
    """Whose token this is, and what it may do."""
    token = request.token
    return JsonResponse(
        {
            "name": token.owner.get_username(),
            "token": token.name,
            "scopes": token.scopes,
            "expires": token.expires_at,
        }
    )
