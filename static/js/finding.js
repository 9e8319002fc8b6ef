// A form marked data-finding narrows down a list while somebody types (htmx); the address follows, so that it can be
// shared and so that "back" returns to what was found.
document.addEventListener("htmx:before:request", (event) => {
  const form = event.target.closest?.("form[data-finding]");
  if (!form) return;
  const asked = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = asked.length ? `?${new URLSearchParams(asked)}` : "";
  history.replaceState(history.state, "", location.pathname + query);
});
