import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.content.urls import canonical, is_web_address, site

anything = st.text(st.characters(codec=None))
address_like = st.builds("{}://{}/{}".format, st.sampled_from(["http", "https", "HTTP"]), anything, anything)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/x", "https://a.example/x"),
        ("https://A.Example", "https://a.example/"),
        ("https://a.example:443/x/", "https://a.example/x"),
        ("http://a.example:80/x#part", "https://a.example/x"),
        ("http://a.example:443/x", "https://a.example/x"),
        ("https://a.example/x?utm_source=n&id=1&fbclid=z", "https://a.example/x?id=1"),
        ("https://a.example/x?UTM_Medium=n", "https://a.example/x?"),
        ("https://a.example/%7euser/%e4", "https://a.example/~user/%E4"),
        ("https://a.example/ü b", "https://a.example/%C3%BC%20b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("https://a.example./x/../y", "https://a.example/y"),
        (" https://a.example/x\n", "https://a.example/x"),
        ("http://[0:0::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_two_spellings_of_one_address_are_the_same(one: str, other: str) -> None:
    assert canonical(one) == canonical(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/item?id=1", "https://news.example/item?id=2"),
        ("https://video.example/watch?v=a", "https://video.example/watch"),
        ("https://a.example/?a=1&b=2", "https://a.example/?b=2&a=1"),
        ("https://a.example/#!/one", "https://a.example/#!/two"),
        ("https://www.a.example/", "https://a.example/"),
        ("https://a.example:8443/", "https://a.example/"),
        ("https://a.example/a%2Fb", "https://a.example/a/b"),
        ("https://a.example/?q=a+b", "https://a.example/?q=a%20b"),
        ("https://a.example/X", "https://a.example/x"),
        ("https://faß.example/", "https://fass.example/"),
    ],
)
def test_addresses_that_may_name_two_pages_stay_two(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "untitled",
        "javascript:alert(1)",
        "mailto:a@b.example",
        "data:text/html,x",
        "ftp://a.example/",
        "http://",
        "http:///x",
        "http://a b/",
        "http://a.example:99999/",
        "http://[::1",
        "//a.example/x",
        "http://a..example/",
        "http://" + "a" * 64 + ".example",
    ],
)
def test_what_is_no_address_of_the_web_has_no_canonical_form(text: str) -> None:
    assert canonical(text) is None
    assert not is_web_address(text)


@given(anything | address_like)
def test_any_text_is_taken_and_the_canonical_form_is_stable(text: str) -> None:
    found = canonical(text)
    site(text)
    if found is not None:
        assert canonical(found) == found
        assert found.isascii() and found.startswith("https://")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.a.example/x", "a.example"),
        ("https://xn--bcher-kva.example/", "bücher.example"),
        ("https://пример.рф/", "пример.рф"),
        ("https://日本語テスト.jp", "日本語テスト.jp"),
        ("https://user:secret@a.example:8080/", "a.example"),
        ("mailto:a@b.example", ""),
        ("", ""),
    ],
)
def test_a_site_is_shown_as_readers_know_it(url: str, shown: str) -> None:
    assert site(url) == shown


def test_a_name_that_imitates_another_is_shown_in_its_coded_form() -> None:
    assert site("https://pаypal.example/") == "xn--pypal-4ve.example"  # the first "а" is Cyrillic
    assert site("https://аррӏе.example/") == "xn--80ak6aa92e.example"  # all of it is
