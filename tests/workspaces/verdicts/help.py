VERDICTS = {
    "help:index": ("get", {}, 200, 200),
    "help:page": ("get", {"name": "word: theming"}, 200, 200),
    "help:picture": ("get", {"name": "word: dashboard"}, 200, 200),
}
