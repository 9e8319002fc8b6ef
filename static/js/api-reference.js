// The reference of the REST API, made of its description. Nothing is kept: a key is forgotten with the page.
"use strict";
(() => {
  const root = document.getElementById("reference");
  const html = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => html.classList.toggle("dark-mode", html.dataset.theme ? html.dataset.theme === "dark" : dark.matches);
  dark.addEventListener("change", paint);
  new MutationObserver(paint).observe(html, { attributeFilter: ["data-theme"] });
  paint();
  window.SwaggerUIBundle({
    url: root.dataset.description,
    domNode: root,
    docExpansion: "list",
    filter: true,
    defaultModelsExpandDepth: -1,
    persistAuthorization: false,
    validatorUrl: null,
    displayRequestDuration: true,
  });
})();
