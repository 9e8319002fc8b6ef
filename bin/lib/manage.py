"""bin/manage [--data DIR] COMMAND…: Django's manage.py beside embedded servers.

Attaches to the servers of a running bin/demo when there is one in the same data folder.
"""

import os
import sys
from pathlib import Path

import datafolder
import environment
from embedded import ServersFailed


def main() -> None:
    environment.enter()
    data, arguments = datafolder.default(), sys.argv[1:]
    if arguments and arguments[0] == "--data":
        if len(arguments) < 2:
            datafolder.refuse("manage", "--data needs a folder.")
        data, arguments = Path(arguments[1]), arguments[2:]
    try:
        attachment = datafolder.servers(data)
        variables = datafolder.variables(data, attachment)
    except ServersFailed as failure:
        datafolder.refuse("manage", failure)
    if attachment:
        attachment.keep_over_exec()
    command = [sys.executable, str(environment.ROOT / "manage.py"), *arguments]
    os.execve(sys.executable, command, variables)


if __name__ == "__main__":
    main()
