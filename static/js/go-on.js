// The one link of the page is followed by itself; without scripts it is clicked.
document.addEventListener("DOMContentLoaded", () => {
  const link = document.querySelector("[data-go-on]");
  if (link) location.replace(link.href);
});
