// A page of somebody's product, as the install guide has it: it says who is there, and follows no link of the checklist,
// since there is no product to lead into.
const who = JSON.parse(document.getElementById("who").textContent);
const said = document.getElementById("said");
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :root { color-scheme: light dark; }
  body { margin: 0; padding: 20px; background: light-dark(#eceff3, #0b0c0e); color: light-dark(#1b1c20, #ececef); font: 14px/1.5 ui-sans-serif, system-ui, sans-serif; }
  h1 { margin: 0 0 4px; font-size: 18px; }
  p { margin: 0 0 8px; max-width: 44ch; }
  code { font-size: 12px; }
`);
document.adoptedStyleSheets = [sheet];
try {
  const theme = localStorage.getItem("firstmile.theme");
  if (theme) document.documentElement.style.colorScheme = theme;
} catch {
  // as on the device
}

const tell = (text) => { said.textContent = text; };
window.firstmile ??= [];
firstmile.push(
  ["on", "navigate", ({ url, preventDefault }) => {
    preventDefault();
    tell(`Your product would open ${url.startsWith(location.origin) ? url.slice(location.origin.length) : url} now.`);
  }],
  ["on", "completed", ({ name }) => tell(`Completed: ${name}`)],
  ["on", "unlocked", ({ feature, fresh }) => fresh && tell(`Switched on: ${feature}`)],
  ["on", "refused", ({ message }) => tell(message)],
  ["identify", who.user, who.traits, { token: who.token }],
);
