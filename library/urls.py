"""The site as one table."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from library.admin import site
from library.views import (
    accounts,
    bin,
    bulk,
    edit,
    health,
    imports,
    library,
    palette,
    reader,
    search,
    settings,
    shelves,
    tags,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="library.list"), name="home"),
    path("library/", library.list_articles, name="library.list"),
    path("library/bulk/", bulk.apply, name="bulk.apply"),
    path("library/bulk/<int:pk>/undo/", bulk.undo, name="bulk.undo"),
    path("library/names/", bulk.names, name="bulk.names"),
    path("read/<int:pk>/edit/", edit.edit, name="edit.edit"),
    path("add/", edit.add, name="edit.add"),
    path("read/<int:pk>/", reader.read, name="reader.short"),
    path("read/<int:pk>-<str:slug>/", reader.read, name="reader.read"),
    path("read/<int:pk>/state/", reader.state, name="reader.state"),
    path("read/<int:pk>/favourite/", reader.favourite, name="reader.favourite"),
    path("read/<int:pk>/tags/", bulk.tags, name="bulk.tags"),
    path("read/<int:pk>/bin/", reader.to_bin, name="reader.bin"),
    path("read/<int:pk>/restore/", reader.restore, name="reader.restore"),
    path("search/", search.search, name="search.search"),
    path("search/narrow/", search.narrow, name="search.narrow"),
    path("search-words/", search.words, name="search.words"),
    path("palette/", palette.palette, name="palette.palette"),
    path("shelves/", shelves.index, name="shelves.index"),
    path("shelves/new/", shelves.new, name="shelves.new"),
    path("shelves/starters/", shelves.starters, name="shelves.starters"),
    path("shelves/<str:slug>/", shelves.show, name="shelves.shelf"),
    path("shelves/<str:slug>/edit/", shelves.edit, name="shelves.edit"),
    path("shelves/<str:slug>/delete/", shelves.delete, name="shelves.delete"),
    path("shelves/<str:slug>/move/", shelves.move, name="shelves.move"),
    path("tags/", tags.index, name="tags.index"),
    path("tags/<str:slug>/", tags.tag, name="tags.tag"),
    path("import/", imports.index, name="imports.index"),
    path("import/<int:pk>/", imports.show, name="imports.run"),
    path("import/<int:pk>/stop/", imports.stop, name="imports.stop"),
    path("import/<int:pk>/go-on/", imports.go_on, name="imports.go_on"),
    path("bin/", bin.index, name="bin.index"),
    path("bin/empty/", bin.empty, name="bin.empty"),
    path("bin/<int:pk>/delete/", bin.delete, name="bin.delete"),
    path("settings/", settings.settings, name="settings.settings"),
    path("settings/password/", accounts.ChangePassword.as_view(), name="settings.password"),
    path("setup/", accounts.setup, name="accounts.setup"),
    path("login/", accounts.LogIn.as_view(), name="login"),
    path("logout/", accounts.LogOut.as_view(), name="logout"),
    path("healthz", health.health, name="health"),
    path("admin/", site.urls),
]

handler400 = "library.views.errors.bad_request"
handler429 = "library.views.errors.too_often"
