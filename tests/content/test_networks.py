"""Addresses of machines, and whose server an address on the web leads to."""

import pytest

from library.content.networks import is_network, origin, within


@pytest.mark.parametrize(("address", "known"), [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("fd00::1", True),
                                                ("11.0.0.1", False), ("", False), ("x", False)])  # fmt: skip
def test_an_address_is_in_a_network(address, known):
    assert within(["10.0.0.0/8", "fd00::1"])(address) is known


@pytest.mark.parametrize(("text", "is_one"), [("10.0.0.1", True), ("10.0.0.0/8", True), ("10.0.0.1/8", False)])
def test_a_network_is_written_by_its_first_address(text, is_one):
    assert is_network(text) is is_one


@pytest.mark.parametrize(("url", "found"), [
    ("https://auth.example/logout?x=1", "https://auth.example"), ("http://auth:9000/", "http://auth:9000"),
    ("/oauth2/sign_out", ""), ("javascript:alert(1)", None), ("https://a@b/", None), ("https://[x", None),
    ("https://a;script-src */", None), ("logout", None), ("//auth.example/", None),
])  # fmt: skip
def test_an_address_leads_to_one_server(url, found):
    assert origin(url) == found
