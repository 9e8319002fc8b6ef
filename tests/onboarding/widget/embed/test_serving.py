"""What is sent is smaller than what is written, and means the same."""

import pytest

from onboarding.widget.embed.serving import pressed_script, pressed_style

pytestmark = pytest.mark.pure


def test_a_script_keeps_its_texts_and_its_statements():
    written = """
// A line that explains.
const say = (name, other = "a  //  b") => {
  // another
  const text = `Firstmile:  ${name} // ${other}`; // the end of a line
  return text + "\\" + x"
};

const url = "https://example.com"
say(url)
"""
    assert pressed_script(written) == (
        'const say=(name,other="a  //  b")=>{const text=`Firstmile:  ${name} // ${other}`;return text+"\\" + x"\n};'
        'const url="https://example.com"\nsay(url)\n'
    )


def test_a_style_keeps_what_its_blanks_mean():
    written = """
/* why */
.a .b > c, d:is(e, f) { width: calc(100vw - 40px); margin: 0 auto; }
@media (max-width: 480px) { a { b: c } }
"""
    assert pressed_style(written) == (
        ".a .b > c,d:is(e,f){width: calc(100vw - 40px);margin: 0 auto;}@media (max-width: 480px){a{b: c}}"
    )
