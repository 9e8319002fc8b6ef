"""axe-core does not look into SVG: the contrast of a chart's text against what lies behind it is checked here."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import AXE, EVERYTHING, FIND

READ = """
() => {
  const channels = (colour) => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d");
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = ([r, g, b, a], ground) => [r, g, b].map((c, i) => c * a / 255 + ground[i] * (1 - a / 255));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faded = (element, colour) => {
    let alpha = parseFloat(getComputedStyle(element).fillOpacity);
    for (let at = element; at instanceof SVGElement; at = at.parentNode) {
      alpha *= parseFloat(getComputedStyle(at).opacity);
    }
    return [...colour.slice(0, 3), colour[3] * alpha];
  };
  const drawn = (element) => faded(element, channels(getComputedStyle(element).fill));
  const covers = (box, x, y) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
  return [...document.querySelectorAll(".chart text, svg.interval text")]
    .filter((text) => text.textContent.trim() && text.checkVisibility({opacityProperty: true}))
    .map((text) => {
      const card = text.closest(".card") ?? document.body;
      let ground = over(channels(getComputedStyle(card).backgroundColor), [255, 255, 255]);
      const box = text.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      for (const shape of text.closest("svg").querySelectorAll("rect, path, circle, text")) {
        if (shape === text) break; // painted later
        if (shape.tagName === "text" || getComputedStyle(shape).fill === "none" || shape.closest("defs")) continue;
        const point = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
        const behind = covers(shape.getBoundingClientRect(), x, y) && shape.isPointInFill(point);
        if (behind) ground = over(drawn(shape), ground);
      }
      const [light, dark] = [luminance(over(drawn(text), ground)), luminance(ground)].sort((a, b) => b - a);
      const ratio = (light + 0.05) / (dark + 0.05);
      const colours = `${getComputedStyle(text).fill} on ${ground.map(Math.round)}`;
      return [ratio, `${text.textContent.trim()}: ${ratio.toFixed(2)}, ${colours}`];
    });
}
"""

DRAWN = """
() => {
  const charts = [...document.querySelectorAll(".chart")].filter((chart) => chart.getClientRects().length);
  return charts.length > 0 && charts.every((chart) => chart.querySelector("text"));
}
"""


WIDER = """
() => [...document.querySelectorAll(".card")].filter((card) => card.scrollWidth > card.clientWidth + 1)
  .map((card) => `${card.id || card.ariaLabel || card.querySelector("h2")?.textContent}: ${card.scrollWidth} px`)
"""
CARDS = ("retention", "forecast", "features", "workflows", "expansion", "nps", "stuck", "early-steps")
CARDS += ("how-it-ends", "time-to-convert")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_in_charts_stands_out_from_what_is_behind_it(tab, gallery, theme):
    """With a number on every card that comes after the page; and nothing else for axe to find there, also on paper."""
    page = tab(gallery.owner, color_scheme=theme)
    page.goto(f"/w/{gallery.workspace.slug}/adoption/?split=trait:plan")
    expect(page.locator("[data-section]")).to_have_count(0)
    page.wait_for_function(DRAWN)
    texts = page.evaluate(READ)
    assert len(texts) > 60
    assert [said for ratio, said in texts if ratio < 4.5] == []
    assert [key for key in CARDS if not page.locator(f"#section-{key}").count()] == []
    for key, number in (("forecast", r"\d%"), ("expansion", r"\d%"), ("nps", r"\d"), ("retention", r"\d%")):
        expect(page.locator(f"#section-{key}")).to_contain_text(re.compile(number))
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []
    page.emulate_media(media="print")
    assert [said for ratio, said in page.evaluate(READ) if ratio < 4.5] == []
    assert page.locator(".sections .card:visible").count() == len(CARDS)
    page.set_viewport_size({"width": 700, "height": 1000})  # A4 within its margins
    assert page.evaluate(WIDER) == []
