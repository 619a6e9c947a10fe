// The list of the log: an entry beside it, its keys, and news while it is open. The page works without all of it.
(() => {
  "use strict";
  const drawer = document.getElementById("drawer");
  const panel = document.getElementById("drawer-panel");
  const wide = matchMedia("(min-width: 80rem)");
  const log = () => document.getElementById("log");
  // The links to entries, one a row.
  const links = () => [...log().querySelectorAll(".entries a")].filter((link) => /\/activity\/\d+\/$/.test(link.pathname));
  const shown = () => links().find((link) => link.ariaCurrent);

  const open = (link) => {
    shown()?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    link.scrollIntoView({ block: "nearest" });
    panel.querySelector("a").href = link.href;
    panel.hidden = false;
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
    htmx.ajax("GET", link.getAttribute("href"), { source: drawer, target: drawer, select: "#entry", swap: "innerHTML" });
  };
  const close = () => {
    const link = shown();
    link?.removeAttribute("aria-current");
    panel.hidden = true;
    drawer.replaceChildren();
    link?.focus();
  };
  const step = (by) => {
    const all = links();
    const here = shown() ?? all.find((link) => link.closest("tr").contains(document.activeElement));
    const next = here ? all[all.indexOf(here) + by] : all[0];
    if (next) panel.hidden ? next.focus() : open(next);
  };

  const menus = () => [...document.querySelectorAll("details.drop[open]")];
  const escape = () => {
    const [menu] = menus();
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (!panel.hidden) close();
  };
  // Does what a click on the control would do; a field, or the first one of a menu, gets the focus.
  const press = (control) => {
    const menu = control.closest("details.drop");
    menus().forEach((other) => (other.open = other === menu));
    if (!menu) return control.click();
    menu.open = true;
    const field = control.matches("input") ? control : menu.querySelector("input:not([type=hidden]), .panel :is(a, button):not([tabindex])");
    field?.focus();
  };

  document.addEventListener("click", (event) => {
    const path = event.composedPath();
    menus().forEach((menu) => (menu.open = path.includes(menu)));
    const control = event.target.closest?.("a, [data-opens], [data-close]");
    if (!control) return;
    if ("opens" in control.dataset) document.getElementById(control.dataset.opens).showModal();
    else if ("close" in control.dataset) close();
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (wide.matches && links().includes(control)) {
      event.preventDefault();
      open(control);
    } else if (control.closest(".chart svg")) {
      // htmx boosts no link of a drawing: its twin in the table is.
      event.preventDefault();
      log().querySelector(`.chart table a[href="${CSS.escape(control.getAttribute("href"))}"]`).click();
    }
  });

  // Keys can be switched off: they get in the way of speech input.
  const keysOn = document.getElementById("keys-on");
  keysOn.checked = localStorage.getItem("keys") !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem("keys", keysOn.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return escape();
    if (!keysOn.checked || event.target.closest("input, select, textarea, [contenteditable]")) return;
    const control = document.querySelector(`[aria-keyshortcuts="${CSS.escape(event.key)}"]`);
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (control) press(control);
    else return;
    event.preventDefault();
  });

  // What an answer must have to be put in a place. Anything else, such as a sign-in page, is shown as a page.
  const NEEDED = { log: 'id="log"', drawer: 'id="entry"', entry: 'id="entry"', arrivals: 'id="pill"' };
  let news = "";
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { target, serverResponse } = detail;
    if (!(target.id in NEEDED)) return;
    const quiet = target.id === "arrivals";
    const usable = serverResponse.includes(NEEDED[target.id]);
    if (!usable && !quiet) location.assign(detail.pathInfo.finalRequestPath);
    // The same news again would be read out again.
    if (!usable || (quiet && target.firstChild && news === serverResponse)) detail.shouldSwap = false;
    if (quiet) news = serverResponse;
  });
  const busy = ({ type, detail }) => {
    if (detail.target.id === "log") log().setAttribute("aria-busy", type === "htmx:beforeRequest");
  };
  document.addEventListener("htmx:beforeRequest", busy);
  document.addEventListener("htmx:afterRequest", busy);
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id !== "log") return;
    panel.hidden = true;
    drawer.replaceChildren();
    // What had the focus is gone: go on at what is wrong, or at how many entries there are.
    if (document.activeElement === document.body)
      (target.querySelector('[aria-invalid="true"], .form-errors') ?? target.querySelector("#total"))?.focus({ preventScroll: true });
  });

  const look = () => document.visibilityState === "visible" && htmx.trigger("#arrivals", "look");
  setInterval(look, 20_000);
  document.addEventListener("visibilitychange", look);
})();
