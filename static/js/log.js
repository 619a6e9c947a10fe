// The list of the log: an entry beside it, keys, and news. The page works without all of it.
const byId = (id) => document.getElementById(id);
const on = (event, then) => document.addEventListener(event, then);
const drawer = byId("drawer");
const panel = drawer.parentElement;
const wide = matchMedia("(min-width: 80rem)");
const log = () => byId("log");
// The links to entries, one a row.
const links = () => [...log().querySelectorAll(".entries a")].filter((link) => /\/activity\/\d+\/$/.test(link.pathname));
const shown = () => links().find((link) => link.ariaCurrent);
const modified = ({ ctrlKey, metaKey, altKey }) => ctrlKey || metaKey || altKey;
const menus = () => [...document.querySelectorAll("details.drop[open]")];

const open = (link) => {
  shown()?.removeAttribute("aria-current");
  link.ariaCurrent = "true";
  link.scrollIntoView({ block: "nearest" });
  panel.querySelector("a").href = link.href;
  panel.hidden = false;
  panel.scrollTop = 0;
  panel.focus({ preventScroll: true });
  htmx.ajax("GET", link.href, { source: drawer, target: drawer, select: "#entry", swap: "innerHTML" });
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
  const here = shown() ?? all.find((link) => link.closest("tr").matches(":focus-within"));
  const next = here ? all[all.indexOf(here) + by] : all[0];
  if (panel.hidden) next?.focus();
  else if (next) open(next);
};
const escape = () => {
  const [menu] = menus();
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (!panel.hidden) close();
};
// As a click does; a field, or the first one of a menu, gets the focus.
const press = (control) => {
  const menu = control.closest("details.drop");
  menus().forEach((other) => (other.open = other === menu));
  if (!menu) return control.click();
  menu.open = true;
  (control.matches("input") ? control : menu.querySelector("input:not([type=hidden])"))?.focus();
};

on("click", (event) => {
  menus().forEach((menu) => (menu.open = event.composedPath().includes(menu)));
  const control = event.target.closest?.("a, button");
  if (!control) return;
  if (control.matches(".keys-button")) byId("keys").showModal();
  if (control.matches(".drawer-close")) close();
  if (event.shiftKey || modified(event)) return;
  if (wide.matches && links().includes(control)) {
    event.preventDefault();
    open(control);
  } else if (control.closest(".chart svg")) {
    // htmx boosts no link of a drawing, but its twin in the table.
    event.preventDefault();
    log().querySelector(`.chart table a[href="${CSS.escape(control.getAttribute("href"))}"]`).click();
  }
});

// Keys can be switched off: they get in the way of speech input.
const keysOn = byId("keys-on");
keysOn.checked = localStorage.getItem("keys") !== "off";
keysOn.onchange = () => localStorage.setItem("keys", keysOn.checked ? "on" : "off");
on("keydown", (event) => {
  const { key, target } = event;
  if (modified(event) || document.querySelector("dialog[open]")) return;
  if (key === "Escape") return escape();
  if (!keysOn.checked || target.closest("input, select, textarea")) return;
  const control = log().querySelector(`[aria-keyshortcuts="${CSS.escape(key)}"]`);
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (control) press(control);
  else return;
  event.preventDefault();
});

// What an answer must have; anything else, such as a sign-in page, is shown as a page of its own.
const NEEDED = { log: "log", drawer: "entry", entry: "entry", arrivals: "pill" };
let news;
on("htmx:beforeSwap", ({ detail }) => {
  const { target, serverResponse } = detail;
  if (!(target.id in NEEDED)) return;
  const quiet = target.id === "arrivals";
  const usable = serverResponse.includes(`id="${NEEDED[target.id]}"`);
  if (!usable && !quiet) location.assign(detail.pathInfo.finalRequestPath);
  // The same news again would be read out again.
  if (!usable || (quiet && target.firstChild && news === serverResponse)) detail.shouldSwap = false;
  if (quiet) news = serverResponse;
});
const busy = ({ type, detail }) => {
  if (detail.target.id === "log") log().ariaBusy = type === "htmx:beforeRequest";
};
on("htmx:beforeRequest", busy);
on("htmx:afterRequest", busy);
on("htmx:afterSettle", ({ target }) => {
  if (target !== log()) return;
  close();
  // What had the focus is gone: go on at what is wrong, or at how many entries there are.
  if (document.activeElement === document.body)
    target.querySelector('[aria-invalid="true"], .form-errors, #total')?.focus({ preventScroll: true });
});

const look = () => document.visibilityState === "visible" && htmx.trigger("#arrivals", "look");
setInterval(look, 20_000);
on("visibilitychange", look);
