// What the report can do beyond reading: themes, filters that a link can hold, sorting, and lines that light each other up.
(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  const store = {
    get: () => { try { return localStorage.getItem("tiphys-theme") || "auto"; } catch { return "auto"; } },
    set: (value) => { try { localStorage.setItem("tiphys-theme", value); } catch { /* a file has no storage everywhere */ } },
  };
  const themes = ["auto", "light", "dark"];
  const button = document.querySelector(".theme");
  const wear = (theme) => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.querySelector("span").textContent = theme;
  };
  wear(themes.includes(store.get()) ? store.get() : "auto");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(document.documentElement.dataset.theme || "auto") + 1) % themes.length];
    store.set(next);
    wear(next);
  });

  // The state of filters and sorting is in the address: q, show, hide (names of columns) and sort (a name, with - for down).
  const asked = () => new URLSearchParams(location.search);
  const tell = (changes) => {
    const words = asked();
    for (const [name, value] of Object.entries(changes)) value ? words.set(name, value) : words.delete(name);
    const query = words.toString();
    try {
      history.replaceState(history.state, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
    } catch { /* a page that is opened as a file cannot change its address everywhere */ }
  };

  const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const filtered = (form) => {
    const place = document.getElementById(form.dataset.for);
    const found = form.parentElement.querySelector(".found");
    const items = all("tbody tr, .finding", place).map((item) => ({
      item, text: item.textContent.toLowerCase(), marks: [...(item.dataset.marks || "").split(" "), ...item.classList],
    }));
    const show = () => {
      const words = form.text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const mark = form.mark ? form.mark.value : "";
      let shown = 0;
      for (const { item, text, marks } of items) {
        const wanted = words.every((word) => text.includes(word)) && (!mark || marks.includes(mark));
        item.hidden = !wanted;
        shown += wanted;
      }
      for (const part of all("section", place)) part.hidden = !part.querySelector(".finding:not([hidden])");
      found.textContent = shown === items.length
        ? counted(shown, form.dataset.noun)
        : `${shown} of ${counted(items.length, form.dataset.noun)}`;
      tell({ q: form.text.value.trim(), show: mark });
    };
    const boxes = all("input[name=column]", form);
    const nameOf = (box) => box.parentElement.textContent.trim();
    const columns = () => {
      const off = boxes.filter((box) => !box.checked);
      const hidden = new Set(off.map((box) => Number(box.value)));
      for (const row of all("tr", place)) [...row.cells].forEach((cell, index) => { cell.hidden = hidden.has(index); });
      tell({ hide: off.map(nameOf).join(",") });
    };
    const words = asked();
    const hide = (words.get("hide") || "").split(",");
    form.text.value = words.get("q") || "";
    if (form.mark && words.get("show")) form.mark.value = words.get("show");
    if (form.mark && form.mark.selectedIndex < 0) form.mark.value = "";
    for (const box of boxes) box.checked = !hide.includes(nameOf(box));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => (event.target.name === "column" ? columns() : show()));
    form.addEventListener("reset", () => setTimeout(() => { show(); columns(); }));
    form.hidden = false;
    show();
    if (boxes.length) columns();
  };
  all("form.tools[data-for]").forEach(filtered);

  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const sort = (head, up) => {
    for (const other of head.parentElement.cells) if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = head.closest("table").tBodies[0];
    const value = (row) => (head.dataset.sort === "number" ? String(parseInt(row.cells[head.cellIndex].textContent, 10) || 0) : row.cells[head.cellIndex].textContent);
    const sorted = [...body.rows].map((row, index) => ({ row, index, key: value(row) }));
    sorted.sort((a, b) => (up ? 1 : -1) * collator.compare(a.key, b.key) || a.index - b.index);
    body.append(...sorted.map(({ row }) => row));
  };
  for (const head of all("th[data-sort]")) {
    const name = head.textContent;
    const sorter = document.createElement("button");
    sorter.type = "button";
    sorter.textContent = name;
    head.replaceChildren(sorter);
    head.setAttribute("aria-sort", "none");
    sorter.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      sort(head, up);
      tell({ sort: `${up ? "" : "-"}${name}` });
    });
    const wanted = asked().get("sort");
    if (wanted === name || wanted === `-${name}`) sort(head, wanted === name);
  }
  if (asked().has("sort") && !document.querySelector('th[aria-sort="ascending"], th[aria-sort="descending"]')) tell({ sort: "" });

  let lit = [];
  const light = (found) => {
    for (const line of lit) line.classList.remove("lit");
    lit = found.filter(Boolean);
    for (const line of lit) line.classList.add("lit");
  };
  const related = (target) => {
    const line = target.closest && target.closest(".code li");
    if (!line) return [];
    const link = line.querySelector('a[href^="#L"]');
    if (link) return [document.getElementById(link.hash.slice(1))];
    return line.id ? all(`a[href="#${line.id}"]`, document.querySelector(".pair") || document).map((other) => other.parentElement) : [];
  };
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, (event) => light(related(event.target)));

  // A line that a link leads to is shown even where it is folded away, and paper has no folds.
  const open = (from) => { for (let part = from; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true; };
  const reveal = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* it is no text, so it names no part */ }
    const part = id && document.getElementById(id);
    if (part) { open(part); part.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  reveal();
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])").filter((one) => !one.closest(".pair"));
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
})();
