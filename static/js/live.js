// Exact values of a chart where it is pointed at, or by the arrow keys: a layer over the picture, which stays as it is.
// For the keyboard and assistive technology the layer is a slider over the picture's spots, so a change is announced by
// its text. Nothing moves by itself, so there is nothing to reduce.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const layers = new WeakMap();
  let tip;

  const shown = (picture) => [...picture.querySelectorAll("[data-spots]")].find((at) => at.getClientRects().length);

  // The spots of the size that is in sight, in CSS pixels of the drawing
  const spotsOf = (chart) => {
    chart.spots ??= JSON.parse(chart.dataset.spots).map(([x, y, width, height, text, dots, people]) => ({
      x, y, width, height, text, dots, people,
    }));
    return chart.spots;
  };

  const scaleOf = (chart) => chart.querySelector("svg").getBoundingClientRect().width / parseFloat(chart.dataset.box);

  const hide = (picture) => {
    layers.get(picture)?.marks.replaceChildren();
    tip?.remove();
  };

  const box = (tag, attributes) => {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  const show = (picture, chart, index) => {
    const layer = layers.get(picture);
    const spot = spotsOf(chart)[index];
    const [width, height] = chart.dataset.box.split(" ");
    layer.index = index;
    layer.probe.setAttribute("aria-valuemax", spotsOf(chart).length);
    layer.probe.setAttribute("aria-valuenow", index + 1);
    layer.probe.setAttribute("aria-valuetext", spot.text.replaceAll("\n", ". ") + (spot.people ? `. ${picture.dataset.opens}` : ""));
    layer.probe.classList.toggle("opens", Boolean(spot.people));
    layer.marks.setAttribute("viewBox", `0 0 ${width} ${height}`);
    layer.marks.replaceChildren(
      ...(spot.dots.length
        ? [box("line", {x1: spot.x + spot.width / 2, x2: spot.x + spot.width / 2, y1: spot.y, y2: spot.y + spot.height})]
        : [box("rect", {x: spot.x, y: spot.y, width: spot.width, height: spot.height, rx: 3})]),
      ...spot.dots.map(([cx, cy], line) => box("circle", {cx, cy, r: 4.5, class: `series-${line + 1}`})),
    );
    tip ??= Object.assign(document.createElement("div"), {className: "chart-tip"});
    tip.setAttribute("aria-hidden", "true"); // the slider says it
    const [title, ...lines] = spot.text.split("\n");
    tip.replaceChildren(
      Object.assign(document.createElement("b"), {textContent: title}),
      ...lines.map((line) => Object.assign(document.createElement("span"), {textContent: line})),
    );
    if (spot.people) tip.append(Object.assign(document.createElement("i"), {textContent: picture.dataset.opens}));
    picture.append(tip);
    // Beside the spot, on the side that has the room; below it where neither has.
    const scale = scaleOf(chart);
    const frame = picture.getBoundingClientRect();
    const at = chart.getBoundingClientRect();
    const left = at.left - frame.left + spot.x * scale;
    const right = left + spot.width * scale;
    const room = picture.clientWidth - tip.offsetWidth;
    const beside = spot.dots.length || spot.width * scale < frame.width / 2;
    const x = beside && right + 8 <= room ? right + 8 : beside && left - 8 - tip.offsetWidth >= 0
      ? left - 8 - tip.offsetWidth : Math.max(0, Math.min(left, room));
    const y = at.top - frame.top + (beside ? spot.y + Math.min(24, spot.height / 2) : spot.y + spot.height) * scale;
    tip.style.left = `${x}px`;
    tip.style.top = `${y}px`;
  };

  const pointed = (picture, event) => {
    const chart = shown(picture);
    if (!chart) return;
    const scale = scaleOf(chart);
    const at = chart.getBoundingClientRect();
    const [x, y] = [(event.clientX - at.left) / scale, (event.clientY - at.top) / scale];
    const index = spotsOf(chart).findIndex(
      (spot) => x >= spot.x && x < spot.x + spot.width && y >= spot.y && y < spot.y + spot.height,
    );
    if (index < 0) hide(picture);
    else show(picture, chart, index);
  };

  const middle = ({x, y, width, height}) => [x + width / 2, y + height / 2];
  const WAYS = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1]};

  // The nearest spot that lies that way; of a single row or column, the other two arrows go along it too.
  const next = (spots, index, [dx, dy]) => {
    const [x, y] = middle(spots[index]);
    let best = index;
    let least = Infinity;
    spots.forEach((spot, candidate) => {
      const [ahead, aside] = [middle(spot)[0] - x, middle(spot)[1] - y];
      const along = ahead * dx + aside * dy;
      const off = Math.abs(ahead * dy) + Math.abs(aside * dx);
      if (along > 0.5 && along + 3 * off < least) [best, least] = [candidate, along + 3 * off];
    });
    if (best !== index) return best;
    const oneRow = spots.every((spot) => Math.abs(middle(spot)[1] - y) < 0.5);
    const oneColumn = spots.every((spot) => Math.abs(middle(spot)[0] - x) < 0.5);
    if ((dy && oneRow) || (dx && oneColumn)) {
      return Math.min(spots.length - 1, Math.max(0, index + (dy && oneRow ? -dy : dx)));
    }
    return index;
  };

  // The people whom the spot in sight counts; what it says comes later, so it overrides the page's question.
  const open = (picture) => {
    const chart = shown(picture);
    const spot = chart && spotsOf(chart)[layers.get(picture).index];
    if (spot?.people) location.assign(`${chart.dataset.people}&${spot.people}`);
  };

  const pressed = (picture, event) => {
    const chart = shown(picture);
    if (!chart) return;
    if (event.key === "Enter") return open(picture);
    if (event.key === "Escape") return hide(picture);
    const spots = spotsOf(chart);
    const from = Math.min(layers.get(picture).index ?? 0, spots.length - 1);
    let index;
    if (event.key in WAYS) index = next(spots, from, WAYS[event.key]);
    else if (event.key === "Home") index = 0;
    else if (event.key === "End") index = spots.length - 1;
    else return;
    event.preventDefault();
    show(picture, chart, index);
  };

  const enliven = (picture) => {
    if (layers.has(picture) || !picture.querySelector("[data-spots]")) return;
    const probe = document.createElement("div");
    const marks = box("svg", {"aria-hidden": "true", focusable: "false"});
    probe.className = "chart-probe";
    probe.append(marks);
    const said = {tabindex: 0, role: "slider", "aria-label": picture.dataset.picture};
    for (const [name, value] of Object.entries(said)) probe.setAttribute(name, value);
    const bounds = {"aria-valuemin": 1, "aria-valuemax": 1, "aria-valuenow": 1, "aria-valuetext": picture.dataset.how};
    for (const [name, value] of Object.entries(bounds)) probe.setAttribute(name, value);
    layers.set(picture, {probe, marks});
    picture.append(probe);
    probe.addEventListener("pointermove", (event) => pointed(picture, event));
    // A finger shows what it touches; touching that once more opens it.
    let seen;
    probe.addEventListener("pointerdown", (event) => {
      seen = event.pointerType === "mouse" || (tip?.parentNode === picture && layers.get(picture).index);
      pointed(picture, event);
    });
    probe.addEventListener("click", () => (seen === true || seen === layers.get(picture).index) && open(picture));
    probe.addEventListener("pointerleave", () => document.activeElement === probe || hide(picture));
    probe.addEventListener("focus", () => {
      const chart = shown(picture);
      if (chart && probe.matches(":focus-visible")) {
        show(picture, chart, Math.min(layers.get(picture).index ?? 0, spotsOf(chart).length - 1));
      }
    });
    probe.addEventListener("blur", () => hide(picture));
    probe.addEventListener("keydown", (event) => pressed(picture, event));
  };

  const enlivenAll = () => document.querySelectorAll(".picture").forEach(enliven);
  enlivenAll();
  document.addEventListener("htmx:after:swap", enlivenAll);
})();
