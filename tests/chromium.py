"""What the browser tests need: Chromium, and a driver that starts. `python -m tests.chromium` installs Debian's."""

import os
import shutil
import subprocess
import sys

from playwright._impl._driver import compute_driver_executable

# The shell has no window to paint: a page costs it a third of what it costs Chromium.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Playwright's driver brings a node of its own, which needs libatomic.
PACKAGES = (SHELL, "fonts-liberation", "libatomic1")
INSTALL = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES])


def find() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def problem() -> str:
    """Why no browser test can run here; blank where they can."""
    node = compute_driver_executable()[0]
    if subprocess.run([node, "--version"], capture_output=True).returncode:
        return "Playwright's driver does not start (Debian: apt install libatomic1)."
    return "" if find() else f"Chromium is not installed (Debian: apt install {SHELL})."


def install() -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in INSTALL:
        done = subprocess.run(command, env=quiet, capture_output=True, text=True)
        if done.returncode:
            sys.stdout.write(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}\n")
            return


def main() -> None:
    found = problem()
    wanted = found or ("" if shutil.which(SHELL) else f"{SHELL} is not installed.")
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stdout.write(f"{wanted} The browser tests are for it: installing Debian's packages.\n")
        sys.stdout.flush()
        install()
        found = problem()
    if found:
        sys.stdout.write(f"{found} The browser tests are left out.\n")


if __name__ == "__main__":
    main()
