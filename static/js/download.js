// The download as a dialog: says how far it is, never saves half a file, and links to its manifest.
// So many entries (about 1 KB each) are saved from memory. More, or who knows how many, go to disk as they come;
// a browser that can't do that takes the plain link.
const IN_MEMORY = 50_000;

const number = (value, how) => value.toLocaleString(document.documentElement.lang, how);
const size = (bytes) => {
  const [by, unit] = bytes < 1e6 ? [1e3, "kilobyte"] : [1e6, "megabyte"];
  return number(bytes / by, { style: "unit", unit, maximumFractionDigits: 1 });
};

// Tells rows (line ends, 10) and bytes as they pass. Inside quotes (34) of CSV, a cell goes on.
const counting = (csv, tell) => {
  let rows = csv ? -1 : 0, bytes = 0, quoted = false;
  return new TransformStream({
    transform(chunk, next) {
      for (const byte of chunk) {
        if (byte === 10 && !quoted) rows += 1;
        else if (csv && byte === 34) quoted = !quoted;
      }
      tell(rows, (bytes += chunk.length));
      next.enqueue(chunk);
    },
  });
};

const save = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(URL.revokeObjectURL, 60_000, link.href);
};

const start = async (dialog, { kind, begin, close, cancel, seen, said }) => {
  const says = dialog.dataset;
  const link = dialog.parentElement.querySelector(`[data-kind=${kind.value}]`);
  const [bar, proof] = dialog.querySelectorAll("progress, a[download]");
  const ending = new AbortController();
  let file, done = "";
  if (!(says.entries <= IN_MEMORY)) {
    if (!window.showSaveFilePicker) {
      link.click();
      return (said.value = says.browser);
    }
    // Asked before anything is fetched, of which there would be an entry.
    file = await showSaveFilePicker({ suggestedName: `${says.name}.${kind.value}` }).catch(() => null);
    if (!file) return (said.value = says.cancelled);
  }
  const running = (is) => {
    begin.disabled = close.hidden = is;
    cancel.hidden = bar.hidden = seen.hidden = !is;
    proof.hidden ||= is;
    (is ? cancel : close).focus();
  };
  const tell = (rows, bytes) => {
    const words = (text) => text.replace("{n}", number(rows)).replace("{size}", size(bytes));
    seen.value = words(says.soFar);
    done = words(rows === 1 ? says.one : says.many);
    if (says.entries > 0) bar.value = rows / says.entries;
  };
  cancel.onclick = dialog.onclose = () => ending.abort();
  tell(0, 0);
  running(true);
  said.value = says.running;
  try {
    const response = await fetch(link.href, { signal: ending.signal });
    // Signed out meanwhile.
    if (!response.ok || response.redirected) throw response;
    const counted = response.body.pipeThrough(counting(kind.value === "csv", tell));
    if (file) await counted.pipeTo(await file.createWritable());
    else save(await new Response(counted).blob(), response.headers.get("Content-Disposition").split('"')[1]);
    said.value = done;
    [, proof.href] = response.headers.get("Link").split(/[<>]/);
    proof.hidden = false;
  } catch {
    said.value = ending.signal.aborted ? says.cancelled : says.failed;
  }
  running(false);
};

// It covers the menu.
document.addEventListener("toggle", ({ target }) => {
  const dialog = target.open && target.querySelector(".download");
  if (!dialog || dialog.open) return;
  dialog.querySelector("form").elements.said.value = "";
  dialog.showModal();
  dialog.addEventListener("close", () => {
    target.open = false;
    target.querySelector("summary").focus();
  }, { once: true });
}, true);
document.addEventListener("submit", (event) => {
  if (event.submitter?.name !== "begin") return;
  event.preventDefault();
  start(event.target.parentElement, event.target.elements);
});
