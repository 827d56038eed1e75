"""The site as one table."""

from django.urls import URLPattern, URLResolver, path

from library.views import library, tags

urlpatterns: list[URLPattern | URLResolver] = [
    path("library/", library.list_articles, name="library.list"),
    path("tags/", tags.index, name="tags.index"),
    path("tags/<str:slug>/", tags.tag, name="tags.tag"),
]
