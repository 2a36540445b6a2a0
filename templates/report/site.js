// What the report can do beyond reading: themes, filters, sorting, and lines that light each other up.
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

  for (const form of all("form.tools")) {
    const table = document.getElementById(form.dataset.for);
    const rows = all("tbody tr", table).map((row) => ({ row, text: row.textContent.toLowerCase(), marks: (row.dataset.marks || "").split(" ") }));
    const show = () => {
      const words = form.text.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { row, text, marks } of rows) {
        const wanted = words.every((word) => text.includes(word)) && (!form.mark.value || marks.includes(form.mark.value));
        row.hidden = !wanted;
        shown += wanted;
      }
      form.querySelector(".found").textContent = shown === rows.length ? `${shown} services` : `${shown} of ${rows.length} services`;
    };
    const columns = () => {
      const off = new Set(all("input[name=column]", form).filter((box) => !box.checked).map((box) => Number(box.value)));
      for (const row of all("tr", table)) [...row.cells].forEach((cell, index) => { cell.hidden = off.has(index); });
    };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => (event.target.name === "column" ? columns() : show()));
    form.hidden = false;
    show();
    columns();
  }

  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  for (const head of all("th[data-sort]")) {
    const sorter = document.createElement("button");
    sorter.type = "button";
    sorter.textContent = head.textContent;
    head.replaceChildren(sorter);
    head.setAttribute("aria-sort", "none");
    sorter.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of head.parentElement.cells) if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const body = head.closest("table").tBodies[0];
      const value = (row) => (head.dataset.sort === "number" ? String(parseInt(row.cells[head.cellIndex].textContent, 10) || 0) : row.cells[head.cellIndex].textContent);
      const sorted = [...body.rows].map((row, index) => ({ row, index, key: value(row) }));
      sorted.sort((a, b) => (up ? 1 : -1) * collator.compare(a.key, b.key) || a.index - b.index);
      body.append(...sorted.map(({ row }) => row));
    });
  }

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
})();
