from tests.workspaces.verdicts import FORBIDDEN

RUNG = {"key": "ladder", "rung": "rung"}
VERDICTS = {
    "ladders:ladder": ("get", {"key": "ladder"}, 200, 200),
    "ladders:panel": ("get", {"key": "ladder"}, FORBIDDEN, 200),
    "ladders:history": ("get", {"key": "ladder"}, FORBIDDEN, 200),
    "ladders:rungs": ("post", {"key": "ladder"}, FORBIDDEN, 302),
    "ladders:rung": ("get", RUNG, FORBIDDEN, 302),  # without script the page itself, with the rung open
    "ladders:rung_place": ("post", RUNG, FORBIDDEN, 302),
    "ladders:rung_removal": ("post", RUNG, FORBIDDEN, 302),
    "ladders:rung_copies": ("post", RUNG, FORBIDDEN, 302),
    "ladders:rung_module": ("post", RUNG, FORBIDDEN, 302),
    "ladders:undo": ("post", {"key": "ladder"}, FORBIDDEN, 302),
    "ladders:redo": ("post", {"key": "ladder"}, FORBIDDEN, 302),
    "ladders:story": ("get", {"key": "ladder"}, 200, 200),
    "ladders:story_texts": ("post", {"key": "ladder"}, FORBIDDEN, 302),
    "ladders:stories": ("post", {"key": "ladder"}, FORBIDDEN, 302),
    "ladders:one_story": ("post", {"key": "ladder", "number": "number"}, FORBIDDEN, 302),
    "ladders:story_removal": ("post", {"key": "ladder", "number": "number"}, FORBIDDEN, 302),
    "ladders:translations": ("get", {"key": "ladder"}, FORBIDDEN, 200),
    "ladders:translations_csv": ("get", {"key": "ladder"}, FORBIDDEN, 200),
    "ladders:new": ("get", {}, FORBIDDEN, 200),
    "ladders:import": ("post", {}, FORBIDDEN, 422),
    "ladders:rename": ("post", {"key": "ladder"}, FORBIDDEN, 302),
    "ladders:export": ("get", {"key": "ladder", "number": "number"}, 200, 200),
}
