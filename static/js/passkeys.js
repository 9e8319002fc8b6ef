// What a browser says when no passkey came of it, in words; django-allauth's own scripts do the rest.
(() => {
  const place = document.querySelector("[data-passkey-error]");
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    place.hidden = false;
    const words = place.querySelector("template").content;
    const said = words.querySelector(`[data-of="${event.detail.exception?.name}"]`) ?? words.lastElementChild;
    place.querySelector("[data-words]").textContent = said.textContent;
  });
  if (!window.PublicKeyCredential) {
    for (const button of document.querySelectorAll("[data-needs-passkeys]")) button.hidden = true;
  }
})();
