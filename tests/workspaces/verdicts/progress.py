VERDICTS = {
    "progress:seen": ("get", {"kind": "word: events"}, 200, 200),
    "progress:effect": ("get", {"key": "ladder", "rung": "rung"}, 200, 200),
    "progress:rehearsal": ("get", {"key": "ladder"}, 200, 200),
    "progress:role_people": ("get", {}, 200, 200),
    "progress:role_test": ("get", {}, 200, 200),
    "progress:version_people": ("get", {"key": "ladder"}, 200, 200),
}
