// The criterion editor. Its buttons and choices have the server draw its inside anew (htmx). Here: what somebody typed
// while that was under way is kept; the form around hears of it as of any field; "1 time, 2 times" follows the number.
(() => {
  const editorOf = (event) => event.target.closest?.("[data-criterion]");
  const fieldsIn = (editor) => new Map([...editor.querySelectorAll("input[type=text]")].map((field) => [field.name, field.value]));
  const sent = new WeakMap();
  const typed = new WeakMap();

  document.addEventListener("htmx:before:request", (event) => {
    const editor = editorOf(event);
    if (editor) sent.set(editor, fieldsIn(editor));
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const editor = editorOf(event);
    if (editor) typed.set(editor, [...fieldsIn(editor)].filter(([name, value]) => sent.get(editor)?.get(name) !== value));
  });
  document.addEventListener("htmx:after:settle", (event) => {
    const editor = event.target;
    if (!editor.matches?.("[data-criterion]")) return;
    for (const [name, value] of typed.get(editor) ?? []) {
      const field = editor.querySelector(`[name="${CSS.escape(name)}"]`);
      if (field) field.value = value;
    }
    typed.delete(editor);
    editor.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("input", (event) => {
    const words = editorOf(event) && event.target.nextElementSibling;
    if (words?.matches("[data-times]")) words.textContent = event.target.value.trim() === "1" ? words.dataset.one : words.dataset.many;
  });
})();
