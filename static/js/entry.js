// An entry or a new key: its link, JSON or text is copied, and said so.
const find = (selector) => document.querySelector(`#entry ${selector}`);

const say = (name) => {
  const said = find("[role=status]");
  if (!said) return;
  said.textContent = said.dataset[name];
  setTimeout(() => (said.textContent = ""), 4000);
};

const json = async (url) => {
  const page = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
  return page.querySelector("#entry pre").textContent;
};

// Without HTTPS there is no clipboard, only the old way.
const copyOldWay = (text) => {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("refused");
};

// Safari wants to hear of the text at once, also when it is still to come.
const copy = async (text) => {
  if (!navigator.clipboard?.write) return copyOldWay(await text);
  const blob = Promise.resolve(text).then((words) => new Blob([words], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-json]");
  if (!button) return;
  const { copy: text, copyJson } = button.dataset;
  copy(copyJson ? json(copyJson) : text[0] === "/" ? new URL(text, location).href : text).then(
    () => say("copied"),
    () => say("failed"),
  );
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "c" || localStorage.getItem("keys") === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const button = find("[data-copy]");
  if (button?.offsetParent) button.click();
});
