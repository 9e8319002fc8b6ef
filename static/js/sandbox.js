// Presses in the sandbox become calls of the SDK in the page that plays host.
(() => {
  const host = document.getElementById("host");
  const user = new URLSearchParams(location.search).get("user");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-call], [data-calls]");
    const firstmile = host?.contentWindow?.firstmile;
    if (!button || !firstmile) return;
    const calls = button.dataset.call ? [JSON.parse(button.dataset.call)] : JSON.parse(button.dataset.calls);
    for (const [name, ...values] of calls) {
      if (name === "identify") firstmile.push(["identify", user, ...values]);
      else firstmile.push([name, ...values]);
    }
    document.getElementById("tries-news").textContent = "Sent.";
  });
})();
