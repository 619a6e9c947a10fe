// Small helpers; every page works without them.
// The server shows times in this zone; without the cookie it shows UTC.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`tz=${zone}`)) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `tz=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

const byData = (root, name, value) => root.querySelector(`[data-${name}="${CSS.escape(value)}"]`);
const focusFirst = (row) => row?.querySelector("input:not([type=hidden]), select, textarea")?.focus();

// Formset: a copy of the empty form, with the next number in its names and ids.
const addForm = (prefix) => {
  const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
  const template = byData(document, "empty-form", prefix);
  const rows = byData(document, "rows", prefix);
  if (!total || !template || !rows) return;
  const copy = document.createElement("template");
  copy.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
  const row = copy.content.firstElementChild;
  rows.append(row);
  total.value = Number(total.value) + 1;
  focusFirst(row);
};

// A new row goes away at once; Django skips it, since an empty form that may be empty is not saved.
const removeRow = (button) => {
  const row = button.closest("[data-row]");
  const tick = row?.querySelector("input[name$='-DELETE']");
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  if (tick) tick.checked = true;
  if (tick) row.hidden = true;
  else row?.remove();
  focusFirst(next);
};

// One more input for a value that can be given several times: a copy of the last one, empty.
const addValue = (button) => {
  const group = button.closest("[data-values]") ?? button.parentElement;
  const inputs = group.querySelectorAll(`input[name="${CSS.escape(button.dataset.addValue)}"]`);
  const last = inputs[inputs.length - 1];
  if (!last) return;
  const row = last.closest("[data-row]") ?? last;
  const copy = row.cloneNode(true);
  const input = copy.matches("input") ? copy : copy.querySelector("input");
  input.value = "";
  input.id = `${last.id}_${inputs.length}`;
  row.after(copy);
  window.htmx?.process(copy);
  input.focus();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-add-form], [data-remove-row], [data-add-value]");
  if (!button) return;
  event.preventDefault();
  if ("addForm" in button.dataset) addForm(button.dataset.addForm);
  else if ("removeRow" in button.dataset) removeRow(button);
  else addValue(button);
});
