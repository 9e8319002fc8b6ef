"""Whatever is written comes out as text and harmless HTML."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.playbook.markdown import ATTRIBUTES, TAGS, html_filled, html_of, is_safe_link, plain

pytestmark = pytest.mark.pure


class Found(HTMLParser):
    """Every tag and attribute that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def refuse_all_but_the_list(html):
    for tag, attributes in Found(html).tags:
        assert tag in TAGS, tag
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        if "href" in attributes:
            assert re.match(r"(https?://[^\s]+|mailto:)", attributes["href"])
            assert attributes["rel"] == "noopener noreferrer"


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](vbscript:x) [y](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.example) [y](/w/acme/settings/) [z](\\\\evil)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "<style>body{display:none}</style>",
    "<iframe src=//evil.example></iframe><form action=//evil.example><input name=a></form>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<p style='position:fixed;inset:0' onclick=alert(1) id=main class=button>x</p>",
    '[x](https://a.example/"onmouseover="alert(1))',
    '[x](https://a.example "t\\" onmouseover=\\"alert(1)")',
    "```html\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "<details open ontoggle=alert(1)>x",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "# <script>alert(1)</script>\n\n| <img src=x onerror=alert(1)> |\n|---|\n| x |",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_becomes_text(attack):
    html = html_of(attack)
    refuse_all_but_the_list(html)
    assert "<script" not in html
    refuse_all_but_the_list(html_filled("Hello {{ name }}, **well** [done](https://a.example)", {"name": attack}))


@given(st.text())
def test_no_text_at_all_gets_out_of_the_list(text):
    refuse_all_but_the_list(html_of(text))


@given(st.text(alphabet="<>\"'/=ab[]()!`*_#:&;\n {}|-script"), st.text(alphabet="<>\"'()[]{}!`*_#:&\n script=/"))
def test_no_value_that_is_filled_in_gets_out_of_the_list(text, value):
    refuse_all_but_the_list(html_filled(f"{text} {{{{ name }}}} {text}", {"name": value}))


@given(st.text(min_size=1).filter(lambda text: text.split() and "\0" not in text))
def test_what_is_filled_in_formats_nothing(value):
    html = html_filled("Hello {{ name }}.", {"name": value})
    assert {tag for tag, _ in Found(html).tags} <= {"p"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("~~gone~~", "<p><s>gone</s></p>"),
        ("[x](https://a.example)", '<p><a href="https://a.example" rel="noopener noreferrer">x</a></p>'),
        ("[m](mailto:ana@a.example)", '<p><a href="mailto:ana@a.example" rel="noopener noreferrer">m</a></p>'),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_what_is_meant_is_shown(text, html):
    assert html_of(text).strip() == html


@pytest.mark.parametrize(
    ("text", "top", "levels"),
    [
        ("# A\n## B\n### C", 3, ["h3", "h4", "h5"]),
        ("### A\n# B\n# C", 4, ["h4", "h4", "h4"]),
        ("# A\n#### B\n## C", 4, ["h4", "h5", "h5"]),
        ("# A\n## B\n### C\n#### D\n##### E\n###### F", 5, ["h5", "h6", "h6", "h6", "h6", "h6"]),
    ],
)
def test_headings_begin_below_the_pages_own_and_leave_no_gap(text, top, levels):
    found = [tag for tag, _ in Found(html_of(text, top=top)).tags]
    assert found == levels


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://a.example/x?y=1#z", True),
        ("mailto:a@b.example", True),
        ("mailto:", False),
        ("https://", False),
        ("http:/x", False),
        ("/inside", False),
        ("#anchor", False),
        ("java\tscript:alert(1)", False),
        ("https://a.example/ x", False),
        ("http://[", False),
        ("ftp://a.example", False),
    ],
)
def test_links_lead_to_web_pages_and_mail(address, safe):
    assert is_safe_link(address) is safe


def test_plain_text_is_one_line_that_means_itself():
    assert plain("# a\n*b*") == r"\# a \*b\*"
    assert plain("1. First, (see a.b)") == r"1\. First, (see a.b)"
