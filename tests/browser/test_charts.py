"""axe-core does not look into SVG: the contrast of a chart's text against what lies behind it is checked here."""

import pytest

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
  return [...document.querySelectorAll(".chart text, svg.chart text")]
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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_in_charts_stands_out_from_what_is_behind_it(tab, gallery, theme):
    page = tab(gallery.owner, color_scheme=theme)
    page.goto(f"/w/{gallery.workspace.slug}/adoption/")
    page.wait_for_function(DRAWN)
    texts = page.evaluate(READ)
    assert len(texts) > 20
    assert [said for ratio, said in texts if ratio < 4.5] == []
