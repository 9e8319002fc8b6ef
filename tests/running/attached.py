"""attached.py DATA: uses the servers of DATA until its input ends. Run by the tests as a process of its own."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "bin" / "lib"))

import embedded

with embedded.attach(Path(sys.argv[1]), throw_away=True) as servers:
    state = json.loads(servers.folder.running.read_text())
    print(json.dumps({**servers.environment, **state}), flush=True)
    sys.stdin.read()
