#!/bin/sh
# Print the newest Python that can make this project's virtual environment.
# A name on PATH proves nothing (version managers leave shims that fail), so each candidate is run.
# PYTHON=/path/to/python decides instead of the search.
set -u

works() {
    "$1" -c 'import sys, venv, ensurepip, ssl, sqlite3; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if works "$PYTHON"; then
        command -v "$PYTHON"
        exit 0
    fi
    echo "PYTHON=$PYTHON doesn't run, is older than 3.10, or lacks venv (Debian and Ubuntu: apt install python3-venv)." >&2
    exit 1
fi

for minor in 14 13 12 11 10; do
    # every match on PATH, because the first may be a shim that fails
    old_ifs=$IFS
    IFS=:
    for folder in $PATH; do
        IFS=$old_ifs
        candidate="$folder/python3.$minor"
        if [ -x "$candidate" ] && works "$candidate"; then
            echo "$candidate"
            exit 0
        fi
    done
    IFS=$old_ifs
done
for candidate in python3 python; do
    if command -v "$candidate" >/dev/null 2>&1 && works "$candidate"; then
        command -v "$candidate"
        exit 0
    fi
done

echo "No Python 3.10 or newer with venv was found." >&2
echo "Install one (Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python) or name it: make demo PYTHON=/path/to/python3" >&2
exit 1
