"""Chromium for the browser tests. `python -m tests.chromium` installs Debian's where it is missing."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "Chromium is not installed (Debian: apt install chromium)."
INSTALL = (
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"],
)


def find() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    sys.stdout.write("Chromium is missing, and the browser tests need it: installing Debian's package.\n")
    sys.stdout.flush()
    for command in INSTALL:
        done = subprocess.run(
            command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, capture_output=True, text=True
        )
        if done.returncode:
            sys.stdout.write(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}\n")
            return


if __name__ == "__main__" and find() is None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install()
    else:
        sys.stdout.write(f"{MISSING} The browser tests are left out.\n")
