VERDICTS = {
    "review:numbers": ("get", {"key": "ladder"}, 200, 200),
    "review:proposal": ("get", {"key": "ladder", "place": "milestone place"}, 200, 200),
    "review:export": ("get", {"key": "ladder", "form": "document form"}, 200, 200),
}


def things(workspace, ana) -> dict:
    return {"document form": "md"}
