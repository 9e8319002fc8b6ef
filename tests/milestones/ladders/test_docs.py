"""What the manuals show is what the readers take."""

import re
from pathlib import Path

import pytest
import yaml

from milestones.ladders.document import missing_for_publication
from milestones.ladders.yaml_text import dump, load
from milestones.library.content import TRANSLATED, read_content
from milestones.library.criteria import describe, parse
from milestones.library.operators import OPERATORS
from milestones.library.problems import Problems
from milestones.library.translations import states

pytestmark = pytest.mark.pure

DOCS = Path(__file__).parents[3] / "docs"


def examples(file):
    return re.findall(r"```yaml\n(.*?)```", (DOCS / file).read_text(), re.DOTALL)


def test_the_ladder_in_the_manual_can_be_published_and_exported():
    (text,) = examples("ladders-yaml.md")
    document = load(text)
    assert missing_for_publication(document) == []
    assert load(dump(document)) == document


def test_the_translated_milestone_in_the_manual_is_read_as_it_stands():
    (text,) = examples("translating.md")
    milestone = yaml.safe_load(text)["milestone"]
    problems = Problems()
    assert read_content(milestone, "milestone", problems) == milestone
    assert problems == []
    (found,) = (said for said in states(milestone, "de", TRANSLATED) if said.text)
    assert found.state == "done"


def test_the_criteria_in_the_manual_are_read():
    first, trait, account, groups = examples("criteria.md")
    for said in (first, account):
        assert f"*{describe(parse(yaml.safe_load(said)))}.*" in (DOCS / "criteria.md").read_text()
    parse(yaml.safe_load(trait))
    for line in groups.splitlines():
        parse(yaml.safe_load(line))


def test_every_operator_is_in_the_manual():
    text = (DOCS / "criteria.md").read_text()
    assert all(f"`{operator}`" in text for operator in OPERATORS)


@pytest.mark.parametrize(
    "file", sorted((DOCS.parent / "config" / "demo" / "ladders").glob("*.yaml")), ids=lambda f: f.name
)
def test_the_demos_ladders_can_be_published(file):
    assert missing_for_publication(load(file.read_text())) == []
