// A table that is wider than the screen scrolls, by keyboard as well. The theme wraps tables after this script has begun.
const tidy = () => {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) wrap.tabIndex = 0;
  // The theme puts the button that copies a block into a landmark, and a page can have a hundred of them.
  for (const landmark of document.querySelectorAll("nav.md-code__nav:has(button)")) {
    const plain = document.createElement("div");
    plain.className = landmark.className;
    plain.append(...landmark.childNodes);
    landmark.replaceWith(plain);
  }
};
new MutationObserver(tidy).observe(document.body, { childList: true, subtree: true });
tidy();
