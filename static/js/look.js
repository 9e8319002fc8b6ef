// The look of the widget: a colour is written or picked, and an offered one is taken over with one click. The server
// says what can be read and how it looks.
(() => {
  const form = document.getElementById("look");
  const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));
  const pickerOf = (field) => form.querySelector(`[data-picks="${field.id}"]`);
  const whole = (typed) => /^#?[0-9a-f]{6}$/i.test(typed.trim()) && `#${typed.trim().replace("#", "").toLowerCase()}`;

  form.addEventListener("input", ({ target }) => {
    if (target.dataset.picks) document.getElementById(target.dataset.picks).value = target.value;
    else if (target.id && pickerOf(target) && whole(target.value)) pickerOf(target).value = whole(target.value);
  });
  document.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-use]");
    if (!offer) return;
    event.preventDefault();
    const field = document.getElementById(offer.dataset.use);
    field.value = offer.dataset.colour;
    changed(field);
    field.focus();
  });
  // Of a look that is always light, what it would be on dark pages matters to nobody.
  const scheme = form.querySelector("[name=scheme]");
  const sets = () => {
    for (const set of form.querySelectorAll("[data-set]")) set.hidden = !["auto", set.dataset.set].includes(scheme.value);
  };
  scheme.addEventListener("input", sets);
  sets();
})();
