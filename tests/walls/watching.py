"""A browser that is watched from before the first script: what runs, what is fetched, and what waits for a click."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.core.signals import request_started
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

# A page under test changes nothing and goes nowhere by itself: sending and leaving are held back, scripts are not.
WATCH = """(() => {
  const say = console.log.bind(console);
  window.fire = (number) => say("FIRED", number ?? "", location.href);
  for (const name of ["alert", "confirm", "prompt"]) window[name] = () => fire(name);
  const real = window.fetch;
  const is_safe = (method) => /^(get|head)$/i.test(method ?? "GET");
  const held = () => Promise.reject(new TypeError("held back"));
  window.fetch = (what, how) => is_safe(how?.method ?? what?.method) ? real(what, how) : held();
  const leaves = (address) => {
    const link = document.createElementNS("http://www.w3.org/1999/xhtml", "a");
    link.setAttribute("href", address ?? "");
    return link.protocol !== "javascript:";
  };
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href], area[href]");
    if (link && leaves(link.getAttribute("href"))) event.preventDefault();
  }, true);
  addEventListener("submit", (event) => {
    const by_button = event.submitter?.hasAttribute("formaction");
    const [who, name] = by_button ? [event.submitter, "formaction"] : [event.target, "action"];
    if (leaves(Element.prototype.getAttribute.call(who, name))) event.preventDefault();
  }, true);
})()"""
# Over every element, to each that can be reached, on each that can be pressed, and every form is sent. Of what is ours,
# three of a kind; of what a text brought, all.
TOUCH = """async () => {
  const attempt = (act) => { try { act(); } catch { /* an element that hides its own methods */ } };
  const send = (element, event) => attempt(() => EventTarget.prototype.dispatchEvent.call(element, event));
  const runs = ({name, value}) => /^on|^hx-|^_$/.test(name) || /^[^!-~]*(javascript|data|vbscript)/i.test(value);
  const seen = {};
  const counts = (element) => {
    if ([...element.attributes].some(runs) && !element.closest("[hx-post], [hx-get]")) return true;
    const kind = [element.localName, element.getAttribute("class"), element.parentNode.getAttribute?.("class")].join();
    return (seen[kind] = (seen[kind] ?? 0) + 1) <= 3;
  };
  const touched = [...document.body.querySelectorAll("*")].filter(counts);
  for (const element of touched)
    for (const type of ["pointerover", "mouseover", "mouseenter", "pointerdown", "mousedown"])
      send(element, new MouseEvent(type, { bubbles: type.endsWith("over"), cancelable: true }));
  for (const element of touched.filter((element) => element.isConnected)) {
    if (element.tabIndex >= 0) attempt(() => HTMLElement.prototype.focus.call(element));
    send(element, new MouseEvent("click", { bubbles: true, cancelable: true }));
  }
  for (const form of [...document.querySelectorAll("form")].slice(0, 20))
    attempt(() => HTMLFormElement.prototype.requestSubmit.call(form));
  await new Promise((done) => setTimeout(done, 20));
}"""
LONGEST = 180_000  # milliseconds, on a machine that does much else
# What is said of a file, and of an error without a page, such as that of an address that only takes forms.
NO_PAGE = ("Download is starting", "ERR_HTTP_RESPONSE_CODE_FAILURE")
IN_FRAMES = """async (touch) => {
  const touched = async (frame) => frame.contentWindow.eval(`(${touch})()`);
  const done = await Promise.allSettled([...document.querySelectorAll("iframe")].map(touched));
  return done.filter(({status}) => status === "fulfilled").length;
}"""
# Where a script could wait for its moment: addresses that run, handlers, frames. Our pages have none of them.
WAITING = """() => [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes]
  .filter(({name, value}) => name.startsWith("on") || name === "srcdoc" || name.startsWith("hx-on") ||
    (/^(href|src|action|formaction|data|xlink:href)$/.test(name) && /^[^!-~]*(javascript|data|vbscript):/i.test(value)))
  .map(({name, value}) => `${element.localName} ${name}=${value}`)
  .concat(/^(iframe|object|embed|base|frame|frameset|math)$/.test(element.localName) ? [element.localName] : []))"""


class Watched:
    """A context of the browser, and all that ran, was asked for elsewhere, or was refused by the policy."""

    def __init__(self, context: BrowserContext, here: str) -> None:
        self.context, self.here = context, urlsplit(here).netloc
        self.fired: list[tuple[str, str]] = []
        self.refused: list[tuple[str, str]] = []
        self.asked: list[tuple[str, str]] = []
        self.waiting: list[tuple[str, str]] = []
        self._seen: set[str] = set()
        context.add_init_script(WATCH)
        context.on("console", lambda message: self._heard(message.page, message.text))
        context.on("request", lambda request: self._asked(request.url))
        context.on("page", self._watch)
        self.page = context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("dialog", lambda dialog: (self.fired.append((page.url, dialog.type)), dialog.dismiss()))
        page.on("worker", lambda worker: self.fired.append((page.url, worker.url)))

    def _heard(self, page: Page | None, text: str) -> None:
        told = self.fired if text.startswith("FIRED") else self.refused if "Content Security Policy" in text else []
        told.append((page.url if page else "", text))

    def _asked(self, url: str) -> None:
        if urlsplit(url).netloc not in {self.here, ""}:
            self.asked.append((self.context.pages[-1].url, url))

    def look(self, path: str) -> bool:
        """Open a page and touch all of it. Whether there is one, and it was not looked at before."""
        try:
            answer = self.page.goto(path)
        except Error as error:
            if not any(reason in str(error) for reason in NO_PAGE):
                raise
            # The browser's own page of the error comes a moment later, and would be in the way.
            self.page.close()
            self.page = self.context.new_page()
            return False
        if answer is None or answer.status not in {200, 400, 404, 422} or self.page.url in self._seen:
            return False
        self._seen.add(self.page.url)
        self.waiting += [(path, found) for found in self.page.evaluate(WAITING)]
        self.touch(self.page, path)
        return True

    def touch(self, page: Page, path: str) -> None:
        try:
            page.evaluate(TOUCH)
            if page.title() == "FIRED":
                self.fired.append((path, "title"))
        except Error as error:
            if "context was destroyed" not in str(error):
                raise


class Frames:
    """Many small documents at once, each in a frame of its own, without our own styles and scripts.

    Nothing is sent anywhere: what a document asks for besides is noted, and is not there.
    """

    HERE = "http://frames.example"
    OURS = re.compile(r"<(?:link|script)[^>]*/static/[^>]*>(?:</script>)?")

    def __init__(self, context: BrowserContext) -> None:
        self._documents: dict[str, str] = {}
        self._page = context.new_page()
        context.route("**/*", self._give)

    def _give(self, route: Route) -> None:
        document = self._documents.get(route.request.url)
        route.abort() if document is None else route.fulfill(body=document, content_type="text/html; charset=utf-8")

    def look(self, documents: list[str]) -> int:
        """How many of them were touched to the end: one that leads its frame elsewhere can't be."""
        self._documents = {f"{self.HERE}/{n}": self.OURS.sub("", document) for n, document in enumerate(documents)}
        frames = "".join(f'<iframe src="{address}" width=400 height=300></iframe>' for address in self._documents)
        self._documents[f"{self.HERE}/all"] = f"<!doctype html>{frames}"
        self._page.goto(f"{self.HERE}/all")
        return int(self._page.evaluate(IN_FRAMES, TOUCH))


@contextmanager
def watched(browser: Browser, here: str, cookies: list[dict[str, str]], policy: bool) -> Iterator[Watched]:
    context = browser.new_context(base_url=here, bypass_csp=not policy)
    context.set_default_timeout(LONGEST)
    context.add_cookies(cookies)
    yield Watched(context, here)
    context.close()


@contextmanager
def canary(host: str) -> Iterator[list[str]]:
    """What reached the other site. A browser tells of requests too that its policy then refuses; this doesn't."""
    reached: list[str] = []

    def listen(sender: object, environ: dict[str, str] | None = None, **rest: object) -> None:
        if environ and environ.get("HTTP_HOST") == host:
            reached.append(environ["PATH_INFO"])

    request_started.connect(listen)
    yield reached
    request_started.disconnect(listen)
