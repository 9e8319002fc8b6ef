"""An authored text that knows which language it is in, because it may stand on a page in another one."""


class Text(str):
    """A text like any other, and its language's tag ('' when that is not known: nothing is claimed of it then)."""

    __slots__ = ("language",)

    language: str

    def __new__(cls, text: str, language: str = "") -> "Text":
        made = super().__new__(cls, text)
        made.language = language
        return made
