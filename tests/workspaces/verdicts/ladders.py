VERDICTS = {
    "ladders:uses": ("get", {"key": "milestone"}, 200, 200),
    "ladders:index": ("get", {}, 200, 200),
    "ladders:version": ("get", {"key": "ladder", "number": "number"}, 200, 200),
}
