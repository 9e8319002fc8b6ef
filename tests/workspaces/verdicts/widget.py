VERDICTS = {
    "widget:people": ("get", {}, 200, 200),
    "widget:person": ("get", {"pk": "person"}, 200, 200),
}
