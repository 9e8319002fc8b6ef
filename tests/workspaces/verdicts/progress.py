VERDICTS = {
    "progress:seen": ("get", {"kind": "word: events"}, 200, 200),
}
