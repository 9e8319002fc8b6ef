"""Ladder documents as YAML text, and other documents by the same small YAML. Pure.

A deliberately small YAML: JSON's values only, so that `no`, `12:30` or `2024-05-01` stay the texts they look like;
no aliases, no tags, no key twice. What is read knows its lines, so a problem can say where it stands.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

import yaml

from milestones.ladders.document import Document, DocumentError, read
from milestones.library.problems import Problem, Problems, shown

LARGEST = 1_000_000  # characters; our own ladders have about ten thousand

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,30})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


def load(text: str) -> Document:
    """The canonical document of a ladder's YAML. Raises DocumentError with every problem and its line."""
    return load_as(text, read)


def load_as(text: str, read: Callable[[Any], Document], *, kind: str = "ladder") -> Document:
    """What `read` makes of the YAML's plain values; the lines of its problems are found for it. Raises DocumentError.

    `kind` is the document's one key on top, below which the places of problems begin.
    """
    if len(text) > LARGEST:
        raise DocumentError([Problem("", f"is {len(text)} characters long; at most {LARGEST} are read")])
    reader = _Reader()
    try:
        root = yaml.compose(text, Loader=_Loader)
        data = reader.value(root, "")
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise DocumentError([Problem(line, f"is not YAML: {error.problem or error.context}")]) from error
    except yaml.YAMLError as error:
        raise DocumentError([Problem("", f"is not YAML: {' '.join(str(error).split())}")]) from error
    except RecursionError as error:
        raise DocumentError([Problem("", f"is nested too deeply to be a {kind}")]) from error
    if reader.problems:
        raise DocumentError(reader.problems)
    try:
        return read(data)
    except DocumentError as error:
        raise DocumentError(reader.placed(error.problems, kind)) from error


def dump(document: Document, *, kind: str = "ladder") -> str:
    """The YAML of a canonical document; `load(dump(document)) == document`."""
    return yaml.dump({kind: document}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, indent=2)


class _Loader(yaml.SafeLoader):
    """Composes nodes; refuses aliases, which make small texts unfold into enormous ones."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not read here", problem_mark=mark)
        return super().compose_node(parent, index)


class _Reader:
    """Turns nodes into plain values, and remembers the line of every place."""

    def __init__(self) -> None:
        self.problems = Problems()
        self.lines: dict[str, int] = {}

    def value(self, node: Any, place: str) -> Any:
        if node is None:
            return None
        self.lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, f"{place}[{n}]") for n, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, place: str) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            line = f"line {key_node.start_mark.line + 1}"
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self.problems.add(line, "a key is a plain word, not a list or a mapping")
            elif key in found:
                self.problems.add(line, f"the key {shown(key)} stands here for the second time")
            else:
                found[key] = self.value(value_node, f"{place}.{key}" if place else str(key))
                self.lines[f"{place}.{key}" if place else str(key)] = key_node.start_mark.line + 1
        return found

    def placed(self, problems: Iterable[Problem], kind: str) -> list[Problem]:
        """The problems in the order of the text, each with its line before its place as far as it has one."""
        found = [(self._line(problem.place, kind), problem) for problem in problems]
        return [
            Problem(f"line {line}, {problem.place}", problem.message) if line and problem.place else problem
            for line, problem in sorted(found, key=lambda pair: pair[0])
        ]

    def _line(self, place: str, kind: str) -> int:
        # Places begin below the document's one key, a rung's straight into its milestone ("rungs[2].criterion").
        below = f"{kind}.{place}"
        inside = re.sub(r"^(ladder\.rungs\[\d+\])\.", r"\1.milestone.", below)
        return self.lines.get(below) or self.lines.get(inside) or self.lines.get(place) or 0


def _scalar(node: yaml.ScalarNode) -> Any:
    text = node.value
    if node.style is not None:  # in quotes or a block: a text whatever it looks like
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and puts in quotes whatever `load` would not read as a text."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    looks_different = text in _WORDS or bool(_FLOAT.fullmatch(text))
    odd_break = re.search("[\x85\u2028\u2029]", text)  # a line break to YAML, and folded away unless escaped
    style = '"' if odd_break else "|" if "\n" in text else "'" if looks_different else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_float(dumper: yaml.SafeDumper, number: float) -> yaml.ScalarNode:
    text = repr(number)
    if "." not in text:  # PyYAML takes 1e-12 for a text
        text = text.replace("e", ".0e")
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(float, _represent_float)
