"""A writer that meets another's lock looks again soon, and for as long as is set."""

from library.models import waiting


def test_a_wait_ends_after_the_seconds_that_are_set(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(waiting.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(waiting.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    patience = waiting.Patience(0.01)
    tries = 0
    while patience(tries):
        tries += 1
    assert 3 <= tries <= 5
    assert patience(0)


def test_a_connection_that_can_takes_the_handler():
    handlers = []

    class Raw:
        def set_busy_handler(self, handler):
            handlers.append(handler)

    class Wrapper:
        vendor, settings_dict = "sqlite", {"OPTIONS": {"timeout": 30}}
        connection = Raw()

    waiting.wait_patiently(Wrapper())
    assert handlers[0].seconds == 30
