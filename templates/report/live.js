// Asks the server for newer pages, shows them in the place of this one as it was left, and says how old it is.
(() => {
  "use strict";
  const KEPT = "tiphys-kept";
  const shown = document.documentElement.dataset.live;
  const title = document.title;
  const note = document.createElement("p");
  note.className = "notice";
  note.setAttribute("role", "status");
  note.hidden = true;
  document.querySelector("main").prepend(note);
  const say = (words) => { note.textContent = words; note.hidden = !words; };
  const age = document.createElement("p");
  age.className = "live";
  document.querySelector(".top .keys-button, .top .theme").before(age);

  let made = null;
  let gone = false;
  const since = (seconds) => {
    for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"]]) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
    return `${seconds} s`;
  };
  const tick = () => {
    const words = made === null ? "" : `updated ${since(Math.max(0, Math.floor((performance.now() - made) / 1000)))} ago`;
    age.textContent = gone ? `no server${words ? `, ${words}` : ""}` : words;
    age.classList.toggle("gone", gone);
    document.title = gone ? `(no server) ${title}` : title;
  };
  setInterval(tick, 1000);

  // What a reader has opened, scrolled and chosen is found again on the newer page, as far as it is still there.
  const parts = {
    folds: () => [...document.querySelectorAll("details")],
    views: () => [...document.querySelectorAll(".scroll, .code, .asides, textarea")],
    stops: () => [...document.querySelectorAll("a, button, input, select, summary, [tabindex]")],
  };
  const named = (element) => element.id || `${element.tagName} ${(element.getAttribute("href") || element.getAttribute("name") || element.textContent).slice(0, 200)}`;
  const keep = () => {
    const stops = parts.stops();
    const at = stops.indexOf(document.activeElement);
    const field = document.activeElement;
    sessionStorage.setItem(KEPT, JSON.stringify({
      path: location.pathname,
      y: scrollY,
      folds: parts.folds().map((one) => one.open),
      views: parts.views().map((one) => [one.scrollLeft, one.scrollTop]),
      stop: at < 0 ? null : [named(field), stops.slice(0, at).filter((one) => named(one) === named(field)).length],
      selected: field instanceof HTMLInputElement && field.type === "search" ? [field.selectionStart, field.selectionEnd] : null,
    }));
  };
  const restore = () => {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
      sessionStorage.removeItem(KEPT);
    } catch { /* nothing was kept */ }
    if (!kept || kept.path !== location.pathname) return;
    const folds = parts.folds();
    if (folds.length === kept.folds.length) folds.forEach((one, index) => { one.open = kept.folds[index]; });
    const views = parts.views();
    if (views.length === kept.views.length) views.forEach((one, index) => { [one.scrollLeft, one.scrollTop] = kept.views[index]; });
    if (kept.stop) {
      const stop = parts.stops().filter((one) => named(one) === kept.stop[0])[kept.stop[1]];
      if (stop) {
        stop.focus({ preventScroll: true });
        if (kept.selected && stop.setSelectionRange) stop.setSelectionRange(...kept.selected);
      }
    }
    scrollTo({ top: kept.y, behavior: "instant" });
  };

  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const renew = async () => {
    while (document.querySelector("dialog[open]")) await pause(200);
    keep();
    location.reload();
  };
  const listen = async () => {
    let number = 0;
    for (;;) {
      try {
        const answer = await (await fetch(`/events?after=${number}`, { cache: "no-store" })).json();
        gone = false;
        number = answer.number;
        made = performance.now() - 1000 * answer.age;
        if (answer.name !== shown && !answer.trouble && !document.querySelector("[data-playground]")) { await renew(); return; }
        say(answer.trouble ? `These pages are older than the files: ${answer.trouble}` : "");
        tick();
      } catch {
        gone = true;
        number = 0;
        say("The server has stopped: this page is no longer updated. It goes on when `tiphys serve` runs again.");
        tick();
        await pause(2000);
      }
    }
  };
  restore();
  listen();
})();
