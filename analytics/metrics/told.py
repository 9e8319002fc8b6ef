"""Texts that are defined once, in English, and told in the language of whoever reads them."""

from typing import Self, overload

from django.utils.translation import gettext


class Told:
    """A dataclass' field that is given the English text (gettext_noop) and read in the language that is active.

    Where none is, as in commands, and for programs, that is English. It is an ordinary str each time.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, of: None, owner: type) -> Self: ...

    @overload
    def __get__(self, of: object, owner: type) -> str: ...

    def __get__(self, of: object | None, owner: type) -> str | Self:
        if of is None:
            raise AttributeError(self.name)  # dataclass asks for a default; there is none
        return gettext(of.__dict__[self.name])

    def __set__(self, of: object, text: str) -> None:
        of.__dict__[self.name] = text
