// Tells the page why it gets no checklist: the very site that asked, and nobody else.
const { to, code, message, after } = JSON.parse(document.getElementById("refusal").textContent);
parent.postMessage({ firstmile: 1, refused: { code, message, after } }, to);
