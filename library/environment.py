"""The only reader of the environment: each kind of setting, and how a bad value stops the start."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit


def stop(sentence: str) -> SystemExit:
    """What a bad value raises: a plain sentence on standard error and exit status 2, no traceback."""
    sys.stderr.write(f"Commonplace can't start. {sentence}\n")
    return SystemExit(2)


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_flag(name: str, default: bool) -> bool:
    value = env(name, "on" if default else "off").lower()
    if value in {"1", "on", "true", "yes"}:
        return True
    if value in {"0", "off", "false", "no"}:
        return False
    raise stop(f'{name} is "{value}". Write on or off.')


def env_number(name: str, default: int, low: int, high: int) -> int:
    value = env(name, str(default))
    if value.isascii() and value.isdigit() and low <= int(value) <= high:
        return int(value)
    raise stop(f'{name} is "{value}". Write a whole number from {low} to {high}.')


def env_duration(name: str, default: str) -> timedelta:
    value = env(name, default)
    units = {"m": "minutes", "h": "hours", "d": "days"}
    number, unit = value[:-1], units.get(value[-1:])
    if unit and number.isascii() and number.isdigit() and 0 < int(number) <= 1000:
        return timedelta(**{unit: int(number)})
    raise stop(f'{name} is "{value}". Write a number and m, h or d, such as 12h.')


def env_file(name: str) -> str:
    """What the file that `name` names holds; blank where none is named."""
    try:
        return Path(env(name)).read_text(encoding="utf-8").strip() if env(name) else ""
    except (OSError, UnicodeDecodeError) as error:
        raise stop(f"{name} is {env(name)}, and that file can't be read.") from error


def env_list(name: str) -> list[str]:
    return [part.strip() for part in env(name).split(",") if part.strip()]


def is_issuer(url: str) -> bool:
    """Whether an OpenID Connect provider may have this address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    beyond = parts.query or parts.fragment or parts.username or "/.well-known" in parts.path
    return bool(parts.scheme in {"http", "https"} and parts.hostname and not beyond and len(url) <= 200)
