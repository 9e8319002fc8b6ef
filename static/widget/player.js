// Plays a step's video in the frame, above the checklist, so that a checklist that changes meanwhile stops nothing.
// Loaded when somebody presses Play for the first time; until then nothing is asked of the video's host.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
#player { padding: 14px 18px; border-block-end: 1px solid var(--c-line); }
#player h2 { margin: 0; padding-block-end: 10px; font: 600 14px/1.4 var(--c-font); color: var(--c-ink); }
.framed:not(.inline) #player h2 { padding-inline-end: 36px; }
#player iframe, #player video { display: block; width: 100%; aspect-ratio: 16 / 9; border: 0; border-radius: 8px; background: #000; }
#player p { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; margin: 0; padding-block-start: 6px; font-size: 13px; }
#player a, #player button { min-height: 24px; padding: 4px 0; border: 0; background: none; font: inherit; color: var(--c-link); cursor: pointer; }
#player button { text-decoration: underline; text-underline-offset: 3px; }
#player :focus-visible { outline: 2px solid var(--c-link); outline-offset: 2px; }
`);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

const make = (name, values) => Object.assign(document.createElement(name), values);

const screen = ({ video, kind }, title) => {
  if (kind === "file") return make("video", { src: video, controls: true, autoplay: true, playsInline: true, ariaLabel: title });
  const inner = make("iframe", { title, allow: "autoplay; fullscreen; picture-in-picture; encrypted-media" });
  // The hosts ask from where they are framed; of the address they get no more than the origin.
  inner.referrerPolicy = "strict-origin-when-cross-origin";
  inner.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation allow-popups allow-popups-to-escape-sandbox");
  inner.src = video;
  return inner;
};

export const play = (button) => {
  document.getElementById("player")?.remove();
  const step = button.closest("[data-step]");
  const key = step.dataset.step;
  const name = step.querySelector("[data-name]").textContent;
  const title = `${button.textContent.trim()}: ${name}`;
  const section = make("section", { id: "player", tabIndex: -1, ariaLabel: title });
  const shown = screen(button.dataset, title);
  const link = button.nextElementSibling.cloneNode(true);
  const away = make("button", { type: "button", textContent: button.dataset.close, ariaLabel: `${button.dataset.close}: ${title}` });
  const heading = make("h2", { textContent: name });
  const line = make("p");
  line.append(link, away);
  section.append(heading, shown, line);

  const end = () => {
    document.removeEventListener("securitypolicyviolation", refused);
    section.remove();
    const again = document.querySelector(`[data-step="${CSS.escape(key)}"] [data-video]`);
    (again ?? document.getElementById("panel")).focus();
  };
  // A frame that came without its reader allows no video of theirs; then there is the link, which says that it opens a tab.
  const refused = ({ effectiveDirective }) => {
    if (!/^(frame|child|media|default)-src/.test(effectiveDirective)) return;
    shown.remove();
    link.focus();
  };
  document.addEventListener("securitypolicyviolation", refused);
  shown.addEventListener("error", () => refused({ effectiveDirective: "media-src" }));
  away.addEventListener("click", end);
  section.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end();
  });
  document.getElementById("panel").before(section);
  section.focus();
  section.scrollIntoView({ block: "nearest" });
};
