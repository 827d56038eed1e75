"""Answers are sent compressed to whoever takes them so."""

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from library.compression import Compression

TEXT = b"<p>A ledger is kept by hand, and a ledger is kept for long.</p>" * 40


def answered(rf, response, **headers):
    return Compression(lambda request: response)(rf.get("/", headers={"accept-encoding": "br, gzip"} | headers))


def test_a_page_comes_compressed_and_is_the_same(rf):
    page = answered(rf, HttpResponse(TEXT, headers={"ETag": '"a"'}))
    assert gzip.decompress(page.content) == TEXT
    assert len(page.content) == int(page["Content-Length"]) < len(TEXT) / 2
    assert (page["Content-Encoding"], page["Vary"], page["ETag"]) == ("gzip", "Accept-Encoding", 'W/"a"')


def test_who_takes_no_gzip_gets_the_page_as_it_is(rf):
    page = answered(rf, HttpResponse(TEXT), **{"accept-encoding": "br"})
    assert (page.content, page["Vary"], page.has_header("Content-Encoding")) == (TEXT, "Accept-Encoding", False)


@pytest.mark.parametrize(
    "response",
    [HttpResponse(b"ok"), HttpResponse(TEXT, headers={"Content-Encoding": "br"}), HttpResponse(bytes(range(256)))],
)
def test_what_is_short_or_would_get_no_shorter_stays(rf, response):
    before = response.content
    assert answered(rf, response).content == before


def test_a_stream_is_compressed_too(rf):
    page = answered(rf, StreamingHttpResponse(iter([TEXT, TEXT])))
    assert gzip.decompress(page.getvalue()) == 2 * TEXT


def test_the_length_of_an_answer_tells_nothing_of_what_is_in_it(rf):
    assert len({len(answered(rf, HttpResponse(TEXT)).content) for _ in range(30)}) > 5
