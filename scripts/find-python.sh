#!/bin/sh
# Prints the first Python that can carry the hub, $PYTHON before all others, or says what to install.
set -eu
too_old=
no_venv=
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    command -v "$python" >/dev/null 2>&1 || continue
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        too_old=$("$python" --version 2>&1 || true)
    elif ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        no_venv=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    else
        echo "$python"
        exit 0
    fi
done
if [ -n "$no_venv" ]; then
    echo "Python $no_venv is here without its venv module. Install it: apt-get install python$no_venv-venv" >&2
elif [ -n "$too_old" ]; then
    echo "$too_old is too old: Aduan Hub needs Python 3.11 or newer. Install one, or name it: make PYTHON=/path/to/python3.11" >&2
else
    echo "There is no Python: Aduan Hub needs 3.11 or newer. Install it: apt-get install python3 python3-venv" >&2
fi
exit 1
