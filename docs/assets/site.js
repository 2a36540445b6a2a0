// A table that is wider than the screen scrolls, by keyboard as well. The theme wraps tables after this script has begun.
const focusable = () => {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) wrap.tabIndex = 0;
};
new MutationObserver(focusable).observe(document.body, { childList: true, subtree: true });
focusable();
