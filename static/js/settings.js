// Preferences apply at once; without this their forms are sent and the page comes back.
const save = async (form, changed) => {
  const { name, value } = changed;
  if (name === "theme" || name === "density") document.documentElement.dataset[name] = value;
  form.querySelectorAll(`button[name="${name}"]`).forEach((button) => (button.ariaPressed = button === changed));
  const body = new FormData(form);
  if (changed.type === "submit") body.set(name, value);
  await fetch(form.action, { method: "POST", body, redirect: "manual" });
  if (name === "zone" || name === "language") location.reload();
  if (name === "columns") await redraw();
};

// The same rows, with other columns.
const redraw = async () => {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const rows = page.querySelectorAll(".rows");
  document.querySelectorAll(".rows").forEach((old, place) => rows[place] && old.replaceWith(rows[place]));
};

document.addEventListener("change", ({ target }) => {
  if (target.form?.matches("[data-settings]")) save(target.form, target);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-settings]") || !event.submitter?.name) return;
  event.preventDefault();
  save(event.target, event.submitter);
});
