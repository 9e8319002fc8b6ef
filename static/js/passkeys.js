// What a browser says when no passkey came of it, in words; django-allauth's own scripts do the rest.
(() => {
  const place = document.querySelector("[data-passkey-error]");
  const words = {
    NotAllowedError: "Nothing was chosen, or it took too long. Try again.",
    InvalidStateError: "This passkey is set up here already.",
    SecurityError: "Passkeys need a secure address: https, or localhost.",
    NotSupportedError: "This browser or device has no passkeys.",
  };
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    place.hidden = false;
    place.querySelector("[data-words]").textContent =
      words[event.detail.exception?.name] ?? "That did not work. Try again, or log in another way.";
  });
  if (!window.PublicKeyCredential) {
    for (const button of document.querySelectorAll("[data-needs-passkeys]")) button.hidden = true;
  }
})();
