// @ts-check
// A board as the learner sees it. A pure view: what is shown is a tree in the model's traits, which
// only Python changes; what the learner does goes to Python as messages. See board.py, nodes.py.

/**
 * @typedef {object} Shown
 * @property {string} [text]
 * @property {string} [svg]
 * @property {string} [tag]
 * @property {string} [name]       a control: Python hears of its use by this name
 * @property {string} [key]        tells it from its neighbours of the same tag
 * @property {Record<string, string>} [attributes]
 * @property {Shown[]} [children]
 */

const FIELDS = "input, select, textarea";
// How long before the end of a countdown it is told; a screen reader hears no more of it than that.
const WARN_S = [1800, 600, 300, 60];
// JupyterLab's command mode takes letters, arrows and Enter for itself, unless the very element
// that has the focus says not to.
const FOCUSABLE = new Set(["button", "input", "select", "textarea", "summary", "a"]);
/** What each element was built from. @type {WeakMap<Node, Shown>} */
const source = new WeakMap();

/** @param {Shown} shown @returns {Node} */
function build(shown) {
  const node = fresh(shown);
  source.set(node, shown);
  return node;
}

/** @param {Shown} shown @returns {Node} */
function fresh(shown) {
  if (shown.text !== undefined) return document.createTextNode(shown.text);
  if (shown.svg !== undefined) {
    const drawn = new DOMParser().parseFromString(shown.svg, "image/svg+xml").documentElement;
    return document.importNode(drawn, true);
  }
  const element = document.createElement(shown.tag || "span");
  if (FOCUSABLE.has(shown.tag || "")) element.setAttribute("data-lm-suppress-shortcuts", "true");
  if (shown.name) element.dataset.name = shown.name;
  for (const [name, value] of Object.entries(shown.attributes || {})) element.setAttribute(name, value);
  element.append(...(shown.children || []).map(build));
  return element;
}

/**
 * Makes the children of an element what they are to be, and leaves alone what stays: the focus, a
 * slider that is being moved, an open fold, a text that is being written.
 * @param {Node} parent
 * @param {Shown[]} wanted
 */
function settle(parent, wanted) {
  const there = [...parent.childNodes];
  wanted.forEach((shown, place) => {
    const node = there[place];
    if (!node) parent.appendChild(build(shown));
    else if (!alike(source.get(node), shown)) parent.replaceChild(build(shown), node);
    else change(node, shown);
  });
  there.slice(wanted.length).forEach((node) => parent.removeChild(node));
}

/** @param {Shown | undefined} old @param {Shown} shown */
function alike(old, shown) {
  if (!old || old.tag !== shown.tag || old.name !== shown.name || old.key !== shown.key) return false;
  return old.svg === shown.svg && (old.text === undefined) === (shown.text === undefined);
}

/** @param {Node} node @param {Shown} shown */
function change(node, shown) {
  const old = source.get(node) || {};
  source.set(node, shown);
  if (shown.text !== undefined && node.textContent !== shown.text) node.textContent = shown.text;
  if (!(node instanceof HTMLElement)) return;
  const attributes = shown.attributes || {};
  for (const name of Object.keys(old.attributes || {})) if (!(name in attributes)) node.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes)) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  if (node instanceof HTMLTextAreaElement) {
    const [before, now] = [old, shown].map(({ children = [] }) => children.map(({ text }) => text).join(""));
    if (before !== now) node.value = now;
    return;
  }
  settle(node, shown.children || []);
  if (node instanceof HTMLInputElement && isTick(node)) node.checked = "checked" in attributes;
  else if (node instanceof HTMLInputElement && old.attributes?.value !== attributes.value) node.value = attributes.value;
  else if (node instanceof HTMLSelectElement) {
    const chosen = (shown.children || []).find((option) => option.attributes && "selected" in option.attributes);
    if (chosen?.attributes) node.value = chosen.attributes.value;
  }
}

/** @param {HTMLInputElement} field */
function isTick(field) {
  return field.type === "checkbox" || field.type === "radio";
}

/** Of radio buttons only the one that is chosen says something. @param {HTMLElement} field */
function speaks(field) {
  return !(field instanceof HTMLInputElement && field.type === "radio" && !field.checked);
}

/** What is left, as people read it: 1:05:09. @param {number} seconds */
function inWords(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [first, ...others] = hours ? [hours, minutes, rest] : [minutes, rest];
  return [first, ...others.map((each) => String(each).padStart(2, "0"))].join(":");
}

/** @param {Element} field */
function valueOf(field) {
  if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked;
  return /** @type {HTMLInputElement} */ (field).value;
}

/**
 * @param {{ model: any, el: HTMLElement }} context
 * @returns {() => void} removes what was set up
 */
function render({ model, el }) {
  const body = document.createElement("div");
  const status = document.createElement("p");
  status.className = "notice";
  status.setAttribute("role", "status");
  const root = document.createElement("section");
  root.className = "ecs-lab-panel ecs-lab-board";
  root.setAttribute("aria-label", model.get("title"));
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  const heading = document.createElement("h4");
  heading.textContent = model.get("title");
  root.append(heading, status, body);

  // One message is under way at a time; of those that wait, a later one of the same name replaces
  // the earlier one, so that a slider that is moved does not fill a queue.
  let underWay = false;
  /** @type {Map<string, object>} */
  const waiting = new Map();
  let ticker = 0;
  // What Python sent ahead for some buttons is good for one press; then it sends it anew.
  let used = false;
  const renewed = () => (used = false);

  /** @param {string} name */
  function send(name) {
    const fields = /** @type {NodeListOf<HTMLElement>} */ (body.querySelectorAll(FIELDS));
    const values = Object.fromEntries([...fields].filter(speaks).map((field) => [field.dataset.name, valueOf(field)]));
    if (underWay) return void waiting.set(name, { do: name, values });
    underWay = true;
    root.setAttribute("aria-busy", "true");
    model.send({ do: name, values });
    const coming = used ? undefined : model.get("ahead")[name];
    if (!coming) return;
    used = true;
    settle(body, coming);
    count();
  }

  function told() {
    underWay = false;
    root.removeAttribute("aria-busy");
    const [next] = waiting;
    if (next) {
      waiting.delete(next[0]);
      underWay = true;
      model.send(next[1]);
    }
    status.textContent = model.get("notice"); // also when it is the same as before
  }

  function draw() {
    settle(body, model.get("body"));
    status.textContent = model.get("notice");
  }

  // A countdown is an element with data-ends, a moment of Python's clock, and data-now, what that
  // clock said when the element was made. It goes on while the kernel is busy, and sends "over".
  let clock = 0;
  let ahead = 0; // milliseconds that Python's clock is ahead of ours
  let before = Infinity; // seconds that were left a moment ago
  let synced = false; // what a page that was opened again shows at first may be old: it asks
  function heard() {
    const timer = /** @type {HTMLElement | null} */ (body.querySelector("[data-ends]"));
    if (timer) ahead = Number(timer.dataset.now) - Date.now();
    synced = true;
  }

  function count() {
    const timer = /** @type {HTMLElement | null} */ (body.querySelector("[data-ends]"));
    if (!timer || !clock) {
      clearInterval(clock);
      clock = timer ? window.setInterval(count, 1000) : 0;
      before = Infinity;
    }
    if (!timer) return;
    const left = Math.max(0, Math.ceil((Number(timer.dataset.ends) - Date.now() - ahead) / 1000));
    if (timer.firstChild) timer.firstChild.nodeValue = inWords(left);
    const warn = before < Infinity && WARN_S.find((each) => left <= each && each < before);
    if (warn) status.textContent = warn > 60 ? `${warn / 60} minutes left.` : "One minute left.";
    if (left === 0 && before > 0 && synced) {
      for (const field of body.querySelectorAll(FIELDS)) field.setAttribute("disabled", "");
      status.textContent = "Time is over.";
      send("over");
    }
    before = left;
  }

  function tick() {
    clearInterval(ticker);
    const seconds = model.get("ticking");
    if (seconds > 0) ticker = window.setInterval(() => underWay || send("tick"), seconds * 1000);
  }

  const listening = new AbortController();
  const { signal } = listening;
  body.addEventListener(
    "click",
    (event) => {
      const pressed = event.target instanceof Element ? event.target.closest("button") : null;
      if (pressed?.dataset.name && pressed.getAttribute("aria-disabled") !== "true") send(pressed.dataset.name);
    },
    { signal },
  );
  body.addEventListener(
    "keydown",
    (event) => {
      const field = event.target;
      if (event.key !== "Enter") return;
      if (field instanceof HTMLInputElement && field.type === "text") send("change");
      // As in a cell: Shift and Enter run what is written.
      const runs = field instanceof HTMLTextAreaElement && field.dataset.shiftEnter;
      if (runs && (event.shiftKey || event.ctrlKey)) {
        event.preventDefault();
        send(runs);
      }
    },
    { signal },
  );
  for (const kind of ["change", "input"]) {
    body.addEventListener(
      kind,
      (event) => {
        const field = event.target;
        const moved = field instanceof HTMLInputElement && field.type === "range";
        if (field instanceof HTMLElement && field.dataset.name && (kind === "input") === moved) send("change");
      },
      { signal },
    );
  }

  const redraw = () => {
    draw();
    heard();
    count();
  };
  model.on("change:body", redraw);
  model.on("change:notice", draw);
  model.on("change:ticking", tick);
  model.on("change:ahead", renewed);
  model.on("msg:custom", told);
  el.replaceChildren(root);
  draw();
  count();
  if (clock) send("look");
  tick();
  return () => {
    clearInterval(ticker);
    clearInterval(clock);
    model.off("change:body", redraw);
    model.off("change:notice", draw);
    model.off("change:ticking", tick);
    model.off("change:ahead", renewed);
    model.off("msg:custom", told);
    listening.abort();
  };
}

export default { render };
