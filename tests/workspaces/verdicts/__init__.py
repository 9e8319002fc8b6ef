"""Who gets what at each URL of a workspace: one module per app, with VERDICTS and perhaps things().

VERDICTS: URL name → (method, {argument: thing}, what a viewer gets, what the owner gets). A thing is a key of what
things(workspace, ana), called inside the workspace's scope, returns in this or another module; `ladder` is there for
all: "everyone", whose draft has the one rung "look" (`rung`, `milestone`) and the number `number`. What begins with
"word: " names nothing of anybody's and stands for itself.
"""

from importlib import import_module
from pkgutil import iter_modules

GONE, FORBIDDEN = 404, 403


def modules() -> list:
    return [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]


def everything() -> dict:
    return {name: verdict for module in modules() for name, verdict in module.VERDICTS.items()}
