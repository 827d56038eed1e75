#!/bin/sh
# Names each locked package whose version came out more than a year ago, and fails for those for which
# docs/dependencies.md gives no reason. Of versions that old, uv finds none of the others.
set -eu

echo django | uv pip compile - --quiet --no-deps >/dev/null # is there uv, and a package index to ask?
explained=$(sed -n '/^## Older than a year/,$p' docs/dependencies.md)
missing=0
for package in $(grep -ohE '^[A-Za-z0-9_.-]+(\[[a-z,-]+\])?==[^ ;]+' requirements/run.txt requirements/dev.txt | sort -u); do
    echo "$package" | uv pip compile - --quiet --no-deps --universal --python-version 3.11 \
        --exclude-newer "365 days" >/dev/null 2>&1 || continue
    case "$explained" in
    *"\`${package%%[=[]*}\`"*) echo "$package is more than a year old; docs/dependencies.md says why it stays." ;;
    *)
        echo "$package is more than a year old, and docs/dependencies.md gives no reason why it stays." >&2
        missing=1
        ;;
    esac
done
exit $missing
