"""What a browser would send of a form: the successful controls of a piece of HTML."""

from html.parser import HTMLParser


class Controls(HTMLParser):
    """`fields`: name → value of every input, select and textarea; `acts`: the values of the buttons named act."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.acts: list[str] = []
        self.labels: dict[str, str] = {}
        self.focused: list[str] = []
        self.described: dict[str, str] = {}
        self.ids: list[str] = []
        self._select = self._area = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if "id" in said:
            self.ids.append(said["id"])
        name = said.get("name", "")
        if tag in ("input", "select", "textarea") and said.get("type") != "hidden":
            self.labels[name] = said.get("aria-label", "")
            self.described[name] = said.get("aria-describedby", "")
            if "autofocus" in said:
                self.focused.append(name)
        if tag == "input" and (said.get("type") not in ("checkbox", "radio") or "checked" in said):
            # A browser takes line breaks out of what stands in one line.
            self.fields[name] = said.get("value", "").replace("\r", "").replace("\n", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in said or self._select not in self.fields):
            self.fields[self._select] = said["value"]
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "button" and name == "act":
            self.acts.append(said["value"])

    def handle_data(self, data):
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""
