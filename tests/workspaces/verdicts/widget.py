VERDICTS = {
    "widget:look": ("get", {}, 200, 200),
    "widget:preview": ("get", {"key": "ladder"}, 200, 200),
    "widget:message_preview": ("get", {"key": "ladder", "rung": "rung"}, 200, 200),
    "widget:people": ("get", {}, 200, 200),
    "widget:person": ("get", {"pk": "person"}, 200, 200),
    "widget:climbs": ("get", {"pk": "person"}, 200, 200),
}
