// Polls the server for newer pages, and reloads this one when there are any.
(() => {
  "use strict";
  let number = 0;
  const note = document.createElement("p");
  note.className = "notice";
  note.setAttribute("role", "status");
  note.hidden = true;
  document.querySelector("main").prepend(note);
  const say = (words) => { note.textContent = words; note.hidden = !words; };
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const listen = async () => {
    for (;;) {
      try {
        const answer = await (await fetch(`/events?after=${number}`, { cache: "no-store" })).json();
        if (number && answer.number !== number && !answer.trouble && !document.querySelector("[data-playground]")) {
          sessionStorage.setItem("tiphys-scroll", JSON.stringify([location.pathname, scrollY]));
          location.reload();
          return;
        }
        number = answer.number;
        say(answer.trouble ? `These pages are older than the files: ${answer.trouble}` : "");
      } catch {
        say("The server has stopped; these pages are no longer updated.");
        number = 0;
        await pause(2000);
      }
    }
  };
  try {
    const [path, y] = JSON.parse(sessionStorage.getItem("tiphys-scroll") || "[]");
    if (path === location.pathname) scrollTo({ top: y, behavior: "instant" });
    sessionStorage.removeItem("tiphys-scroll");
  } catch { /* nothing was kept */ }
  listen();
})();
