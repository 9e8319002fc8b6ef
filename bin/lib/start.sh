# Sourced by the commands in bin/: finds a Python and hands over to it. `start NAME ARGUMENTS…` runs bin/lib/NAME.py.
# Everything that can be done in Python is done there; this is what must work before a Python is known.

start() {
    program=$1
    shift
    root=$(cd "$(dirname "$0")/.." && pwd -P) || exit 2
    for python in "$root/.venv/bin/python" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            exec "$python" "$root/bin/lib/$program.py" "$@"
        fi
    done
    echo "bin/$(basename "$0"): Python 3.11 or later is needed and none was found on the PATH; install it and try again." >&2
    exit 2
}
