// Small helpers; every page works without them.
// The server shows times in this zone; without the cookie it shows UTC.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`tz=${zone}`)) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `tz=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

const focusFirst = (item) => (item.querySelector("input:not([type=hidden], [type=number]), select") ?? item).focus();
const named = (row, name) => row.querySelector(`[name$='-${name}']`);
const UP = "previousElementSibling";
const DOWN = "nextElementSibling";

// The next one that is shown.
const beside = (row, way) => {
  do row = row[way];
  while (row && !row.offsetParent);
  return row;
};

// A copy of the empty form, with the next number.
const addForm = (button) => {
  const formset = button.closest("fieldset");
  const total = formset.querySelector("[name$=TOTAL_FORMS]");
  const rows = formset.querySelector("[data-rows]");
  const empty = formset.querySelector("template").innerHTML;
  rows.insertAdjacentHTML("beforeend", empty.replaceAll("__prefix__", total.value++));
  focusFirst(rows.lastElementChild);
};

// One more row: a copy of the last one, empty.
const addValue = (button) => {
  const last = [...button.closest("[data-values]").querySelectorAll("[data-row]")].pop();
  const copy = last.cloneNode(true);
  copy.classList.remove("no-js-only");
  copy.querySelectorAll("input").forEach((input) => (input.value = ""));
  last[last.offsetParent ? "after" : "before"](copy);
  window.htmx?.process(copy);
  focusFirst(copy);
};

// Rows of a formset are marked for removal, others go.
const removeRow = (button) => {
  const row = button.closest("[data-row]");
  focusFirst(beside(row, DOWN) ?? beside(row, UP) ?? row.closest("fieldset").querySelector("[data-does=addForm]"));
  const tick = named(row, "DELETE");
  if (tick) tick.checked = row.hidden = true;
  else row.remove();
};

// The other row goes past this one: focus and pointer stay here.
const move = (button, way) => {
  const row = button.closest("[data-row]");
  const other = beside(row, way);
  if (!other) return;
  row[way === UP ? "after" : "before"](other);
  row.scrollIntoView({ block: "nearest" });
  const [rank, next] = [named(row, "rank"), named(other, "rank")];
  [rank.value, next.value] = [next.value, rank.value];
  const said = row.closest("fieldset").querySelector("[role=status]");
  said.textContent = `${named(row, "name").value} ${said.dataset[way]} ${named(other, "name").value}`;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-does]");
  if (!button) return;
  event.preventDefault();
  ({ addForm, addValue, removeRow, move })[button.dataset.does](button, button.value);
});

let held;
document.addEventListener("pointerdown", ({ target }) => (held = target.closest("[data-grip]")?.closest("[data-row]")));
document.addEventListener("pointermove", ({ clientY, movementY, buttons }) => {
  if (!held || !buttons) return;
  const { top, bottom } = held.getBoundingClientRect();
  if (movementY < 0 && clientY < top) move(held, UP);
  if (movementY > 0 && clientY > bottom) move(held, DOWN);
});
