// The time zone is guessed by the browser, as long as nobody has chosen one.
(() => {
  const choice = document.querySelector("[data-own-time-zone]");
  if (!choice || choice.value !== "UTC") return;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...choice.options].some((option) => option.value === own)) choice.value = own;
})();
