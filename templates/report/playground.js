// Sends the text of a spec as it is typed, and shows the result. Nothing is saved.
(() => {
  "use strict";
  const form = document.querySelector("[data-playground]");
  const { spec, text } = form.elements;
  const result = document.querySelector(".result");
  const state = form.querySelector("[role=status]");
  const texts = new Map([...document.querySelectorAll("template[data-path]")].map((one) => [one.dataset.path, one.content.textContent]));
  let asked = 0;
  let timer = 0;
  const open = () => [...result.querySelectorAll("details")].map((one) => one.open);
  const attempt = async () => {
    const mine = ++asked;
    state.textContent = "checking …";
    try {
      const answer = await fetch("/try", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Tiphys-Token": form.dataset.token },
        body: JSON.stringify({ path: spec.value, text: text.value }),
      });
      const said = await answer.text();
      if (mine !== asked) return;
      if (!answer.ok) { state.textContent = said.trim(); return; }
      const before = open();
      result.replaceChildren(...new DOMParser().parseFromString(said, "text/html").body.childNodes);
      const after = [...result.querySelectorAll("details")];
      if (before.length === after.length) after.forEach((one, index) => { one.open = before[index]; });
      state.textContent = text.value === texts.get(spec.value) ? "as saved" : "changed, not saved";
    } catch {
      state.textContent = "the server has stopped";
    }
  };
  // The address has the service that is tried out, so that a link or a reload leads to it; none that does not exist.
  const address = () => {
    const words = new URLSearchParams();
    const chosen = spec.selectedOptions[0].dataset.name;
    if (chosen) words.set("service", chosen);
    history.replaceState(history.state, "", `${location.pathname}${chosen ? `?${words}` : ""}`);
  };
  const load = () => { text.value = texts.get(spec.value) || ""; address(); attempt(); };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("[name=reset]").addEventListener("click", load);
  spec.addEventListener("change", load);
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(attempt, 250); });
  result.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#L"]');
    if (!link) return;
    event.preventDefault();
    const line = Number(link.hash.slice(2));
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] || "").length);
    text.scrollTop = (line - 4) * parseFloat(getComputedStyle(text).lineHeight);
  });
  const wanted = new URLSearchParams(location.search).get("service");
  const named = [...spec.options].find((option) => wanted && option.dataset.name === wanted);
  if (named) spec.value = named.value;
  load();
})();
