#!/bin/sh
# usage: requirements/install.sh run|dev
# Makes .venv hold what the lock file names, and does nothing when it already does. The development lock holds
# everything of the other, so one folder serves both.
set -eu

wanted=$1
python=.venv/bin/python

stamp() {
    "$python" --version
    cat "requirements/$1.txt"
}

installed() {
    [ -f ".venv/$1.lock" ] && stamp "$1" 2>/dev/null | cmp -s - ".venv/$1.lock"
}

stop() {
    echo "$1" >&2
    exit 2
}

make_venv() {
    "$PYTHON" -c "" 2>/dev/null || stop "Commonplace needs Python 3.11 or newer, and \"$PYTHON\" is not here."
    "$PYTHON" -c "import sys; sys.exit(sys.version_info < (3, 11))" ||
        stop "Commonplace needs Python 3.11 or newer. This is $("$PYTHON" --version); PYTHON=… names another."
    rm -rf .venv
    "$PYTHON" -m venv .venv >.venv.log 2>&1 || {
        cat .venv.log >&2
        rm -rf .venv .venv.log
        stop "The virtual environment can't be made. On Debian and Ubuntu, install the package python3-venv."
    }
    rm -f .venv.log
}

if installed "$wanted"; then
    exit 0
fi
"$python" -m pip --version >/dev/null 2>&1 || make_venv
echo "Installing the packages that requirements/$wanted.txt names."
rm -f .venv/run.lock .venv/dev.lock
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
    --requirement "requirements/$wanted.txt" ||
    stop "Not everything could be installed; nothing was started. Try again once the package index can be reached."
stamp run >.venv/run.lock
if [ "$wanted" = dev ]; then
    stamp dev >.venv/dev.lock
fi
