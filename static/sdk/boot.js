// What makes a script of the module: it takes over the calls that were queued before it came, and reads its own tag.
const tag = document.currentScript;
const early = window.firstmile;
if (early?.loaded) console.error("Firstmile: the script is in this page twice; the first one stays.");
else {
  const api = create(new URL(tag.src).origin);
  api.loaded = true;
  window.firstmile = api;
  const { key, ...options } = tag.dataset;
  if (key) api.init(key, options);
  if (Array.isArray(early)) api.push(...early);
}
