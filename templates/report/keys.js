// Keys: / filters, Escape clears, j and k or the arrows go from row to row, ? lists them. None fires while something is typed.
(() => {
  "use strict";
  const NAME = "tiphys-keys";
  const isOff = () => { try { return localStorage.getItem(NAME) === "off"; } catch { return false; } };
  const setOff = (off) => { try { off ? localStorage.setItem(NAME, "off") : localStorage.removeItem(NAME); } catch { /* for this page alone */ } };
  let off = isOff();

  const made = (tag, words = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), words);
    element.append(...children);
    return element;
  };
  const KEYS = [
    [["/"], "go to the filter"],
    [["Esc"], "clear the filter"],
    [["j", "↓"], "next row; the arrow keys work while a row has the focus"],
    [["k", "↑"], "previous row"],
    [["Enter"], "open what the row is about"],
    [["?"], "show these keys"],
  ];
  const list = made("dl");
  for (const [keys, meaning] of KEYS) {
    const names = keys.flatMap((key, index) => [...(index ? [" or "] : []), made("kbd", { textContent: key })]);
    list.append(made("dt", {}, ...names), made("dd", { textContent: meaning }));
  }
  const box = made("input", { type: "checkbox", checked: !off });
  box.addEventListener("change", () => { off = !box.checked; setOff(off); });
  const close = made("button", { type: "button", textContent: "Close" });
  const dialog = made("dialog", { className: "keys" },
    made("h2", { id: "keys-title", textContent: "Keys" }), list, made("label", {}, box, "Turn these keys on"), close);
  dialog.setAttribute("aria-labelledby", "keys-title");
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  const button = made("button", { type: "button", className: "keys-button", textContent: "Keys" });
  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("click", () => dialog.showModal());
  document.querySelector(".theme").before(button);
  document.body.append(dialog);

  const filter = () => document.querySelector("form.tools[data-for]:not([hidden])");
  const linkOf = (row) => row.querySelector("th a, .where a, a");
  const rows = () => [...document.querySelectorAll("main tbody tr, main .finding, main .card li")]
    .filter((row) => row.checkVisibility() && linkOf(row));
  const current = (found) => found.findIndex((row) => row.contains(document.activeElement));
  const move = (by) => {
    const found = rows();
    const at = current(found);
    const next = found[at < 0 ? (by > 0 ? 0 : found.length - 1) : Math.min(Math.max(at + by, 0), found.length - 1)];
    if (!next) return false;
    linkOf(next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return true;
  };
  const clear = () => {
    const form = filter();
    if (!form || (!form.text.value && !(form.mark && form.mark.value))) return false;
    form.text.value = "";
    if (form.mark) form.mark.value = "";
    form.text.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  };
  const isField = (target) => target.closest && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const isInRow = () => current(rows()) >= 0;
  const does = {
    "/": () => { const form = filter(); if (form) { form.text.focus(); form.text.select(); } return Boolean(form); },
    "?": () => { dialog.showModal(); return true; },
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => isInRow() && move(1),
    ArrowUp: () => isInRow() && move(-1),
    Escape: clear,
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open) return;
    if (isField(event.target)) {
      if (event.key === "Escape" && event.target.name === "text" && event.target.form === filter() && !clear()) event.target.blur();
      return;
    }
    if (off && event.key.length === 1) return;
    if (Object.hasOwn(does, event.key) && does[event.key]()) event.preventDefault();
  });
})();
