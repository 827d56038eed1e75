"""A small file of each format that is told by its content: a text as it stands, lists and objects for JSON."""

from typing import Any

OMNIVORE = {
    "id": "20db074a",
    "slug": "the-ledger",
    "title": "The ledger",
    "description": "Three books",
    "author": "A. Merchant",
    "url": "https://slow.example/ledger",
    "state": "Active",
    "readingProgress": 40.4,
    "thumbnail": None,
    "labels": ["money", "old books"],
    "savedAt": "2024-10-29T16:30:11.000Z",
    "publishedAt": "2024-10-28T00:00:00.000Z",
}
WALLABAG = {
    "id": 23,
    "title": "The <em>ledger</em> &amp; more",
    "url": "https://slow.example/ledger",
    "is_archived": 1,
    "archived_at": "2021-04-01T00:00:00+0200",
    "is_starred": True,
    "content": '<h2>Books</h2>\n<p>A <a href="/merchant">merchant</a></p>',
    "created_at": "2021-03-21T16:39:19+0200",
    "published_by": ["A. Merchant", "B. Merchant"],
    "annotations": [
        {"text": "My note", "quote": "Intent first.", "created_at": "2021-03-22T00:00:00+0000", "ranges": []},
        {"text": "", "quote": " "},
    ],
    "language": "en",
    "tags": ["money", "old books"],
}
KARAKEEP = {
    "createdAt": 1616337559,
    "title": "The ledger",
    "tags": ["money"],
    "lists": ["child"],
    "content": {"type": "link", "url": "https://slow.example/ledger"},
    "note": "Mine",
    "archived": True,
}
LISTS = [
    {"id": "root", "name": "Work", "type": "manual", "parentId": None},
    {"id": "child", "name": "Books", "type": "manual", "parentId": "root"},
    {"id": "round", "name": "Round", "type": "manual", "parentId": "round"},
]
LINKWARDEN = {
    "id": 12,
    "name": "The ledger &amp; more",
    "type": "url",
    "description": "Three books &lt;1&gt;",
    "url": "https://slow.example/ledger",
    "tags": [{"name": "money"}, {"name": "R&amp;D"}],
    "createdAt": "2021-03-21T14:39:19.000Z",
}
PINBOARD = {
    "href": "https://slow.example/ledger",
    "description": "The ledger",
    "extended": "Three books",
    "meta": "21ff",
    "hash": "e69b",
    "time": "2021-03-21T14:39:19Z",
    "shared": "no",
    "toread": "yes",
    "tags": "money old_books",
}
ANNOTATION = {
    "id": "x",
    "user": "acct:me@hypothes.is",
    "uri": "https://slow.example/ledger",
    "created": "2021-03-21T14:39:19.000000+00:00",
    "text": "My note",
    "tags": ["money"],
    "document": {"title": ["The ledger"]},
    "target": [{"selector": [{"type": "TextQuoteSelector", "exact": "Intent first.", "prefix": "a ", "suffix": " b"}]}],
}
FIREFOX = {
    "guid": "tard77lzbC5H",
    "title": "The ledger",
    "dateAdded": 1616337559000000,
    "tags": "money,old books",
    "keyword": "led",
    "annos": [{"name": "bookmarkProperties/description", "value": "Three books"}],
    "uri": "https://slow.example/ledger",
}
GOODLINKS = {
    "url": "https://a.example/",
    "originalURL": "https://t.example/a",
    "title": "The ledger",
    "summary": "Three books",
    "tags": ["one"],
    "starred": True,
    "addedAt": 1616337559.25,
    "readAt": 1616337559,
}
READABILITY = {
    "article__title": "No title found",
    "article__excerpt": "Three &#x2019;",
    "article__url": "https://a.example/",
    "favorite": True,
    "archive": False,
    "date_added": "2021-03-21T14:39:19",
    "date_archived": None,
}
DELICIOUS = {
    "title": "The ledger",
    "tags": ["one", ""],
    "url": "https://a.example/",
    "description": "Three books",
    "created": "1616337559",
    "others": 9,
    "owner": "me",
    "private": "1",
}
NETSCAPE = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
    <DT><H3 ADD_DATE="1616337559">Work</H3>
    <DL><p>
        <DT><A HREF="https://slow.example/ledger" ADD_DATE="1616337559" TAGS="money,old books">The ledger</A>
        <DD>Three books &amp; a merchant[linkding-notes]Mine[/linkding-notes]
    </DL><p>
</DL><p>
"""
RAINDROP = (
    "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\n"
    '7,The ledger,"Mine, all mine",Three books,https://slow.example/ledger,Work / Reading,"money, old books",'
    '2021-03-21T14:39:19.000Z,https://slow.example/c.png,"Highlight:One\nNote:Two",true\n'
)
READWISE = (
    "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,"
    "Document tags\n"
    '"One,\ntwo",The ledger,A. Merchant,,My note,yellow,.h1,location,1,2021-03-21 14:39:19+00:00,"a,b"\n'
)

READECK = {
    "UID": "T3c",
    "Created": "2024-10-29T16:30:11Z",
    "URL": "https://slow.example/ledger",
    "Title": "The ledger",
    "Authors": ["A. Merchant"],
    "Text": "A merchant kept three books.",
    "Labels": ["money", "old books"],
    "ReadProgress": 40,
    "IsArchived": False,
    "IsMarked": True,
    "Annotations": [{"color": "yellow", "created": "2024-10-31T00:00:00Z", "text": "three books", "note": "Why?"}],
}
CLIPPINGS = """The ledger (Merchant, A.)
- Your Highlight on page 12 | location 170-172 | Added on Monday, January 1, 2024 10:00:05 PM

A merchant kept three books.
==========
The ledger (Merchant, A.)
- Your Note on page 12 | location 172 | Added on Monday, January 1, 2024 10:01:00 PM

Why three?
==========
"""
CLIPPED = """---
title: "The ledger"
source: "https://slow.example/ledger"
author:
  - "[[A. Merchant]]"
created: 2025-01-15
tags:
  - "#money/old"
---
He ==kept [[three books|**three** books]]==[^1]. ^b1

> [!note] So
> `so`

[^1]: Why?
"""

SAMPLES: dict[str, Any] = {
    "readeck": READECK,
    "kindle_clippings": CLIPPINGS,
    "address_list": "https://a.example/ | A\nhttps://b.example/\n",
    "address_table": "Name,Link,Notes,Tags,Status\nA,https://a.example/,Mine,\"one, two\",Done\n",
    "markdown_notes": CLIPPED,
    "omnivore": [OMNIVORE],
    "wallabag": [WALLABAG],
    "karakeep": {"bookmarks": [KARAKEEP], "lists": LISTS},
    "linkwarden": {
        "collections": [{"id": 2, "name": "Books", "parentId": None, "links": [LINKWARDEN]}],
        "pinnedLinks": [{"id": 12}],
    },
    "pinboard": [PINBOARD],
    "hypothesis": {"total": 1, "rows": [ANNOTATION]},
    "browser_backup": {"guid": "root________", "dateAdded": 1, "root": "placesRoot", "children": [FIREFOX]},
    "goodlinks": [GOODLINKS],
    "readability": {"bookmarks": [READABILITY]},
    "delicious": [DELICIOUS],
    "netscape": NETSCAPE,
    "pocket": "title,url,time_added,tags,status\nThe ledger,https://a.example/,1616337559,one|two,archive\n",
    "instapaper": 'URL,Title,Selection,Folder,Timestamp,Tags\nhttps://a.example/,A,"B,\nC",Unread,1616337559,"[""x""]"\n',
    "raindrop": RAINDROP,
    "readwise": READWISE,
    "reader": (
        "Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen\n"
        "A,https://a.example/,01abc,\"['favorite', 'b, c']\",2025-01-20 22:13:02.447000+00:00,0.4,later,True\n"
    ),
    "matter": (
        "Title,Author,Publisher,URL,Tags,Word Count,In Queue,Favorited,Read,Last Interaction Date,File Id\n"
        "The ledger,A,Slow,https://a.example/,one;two,90,True,True,False,2021-03-21 14:39:19,f1\n"
    ),
    "mymind": "id,type,title,url,content,note,tags,created\na1,Article,A,https://a.example/,B,C,one,2021-03-21\n",
    "zotero": "Key,Item Type,Title,Url,Date Added,Manual Tags,Notes\nK1,book,A,https://a.example/,2021-03-21,one,<p>B\n",
}
