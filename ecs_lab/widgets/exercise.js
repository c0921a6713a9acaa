// @ts-check
// An exercise as the learner sees it. A pure view: what is shown is in the model's traits, which
// only Python changes; what the learner presses goes to Python as messages. See exercise.py.

/**
 * @typedef {{text: string} | {tag: string, href?: string, children: TextNode[]}} TextNode
 */
/**
 * @typedef {object} Row
 * @property {string} title
 * @property {string} status       "passed", "missed", "not reached" or "broken"
 * @property {string} points       "1 of 2"
 * @property {[string, string][]} feedback
 */

const TAGS = new Set([
  "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "code", "pre", "a",
  "blockquote", "hr",
]);
const SIGNS = { passed: "✓", missed: "✗", "not reached": "–", broken: "!" };

/**
 * Makes an element; text goes in as text, never as HTML.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(string | Node)[]} children
 */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * Builds a text from its nodes; a tag that is not known becomes a plain span.
 * @param {TextNode} node
 * @returns {string | Node}
 */
function build(node) {
  if ("text" in node) return node.text;
  const element = make(TAGS.has(node.tag) ? node.tag : "span", {}, ...node.children.map(build));
  if (node.tag === "pre") element.tabIndex = 0; // so that the keyboard can scroll it
  if (node.tag === "a" && node.href && /^(https:|[^:]*$)/.test(node.href)) {
    element.setAttribute("href", node.href);
    if (node.href.startsWith("https:")) {
      element.setAttribute("target", "_blank");
      element.setAttribute("rel", "noopener noreferrer");
    }
  }
  return element;
}

/** @param {Row} row */
function drawRow(row) {
  const lines = row.feedback.map(([name, text]) =>
    make("div", {}, make("strong", {}, `${name}: `), text),
  );
  return make(
    "tr",
    { class: row.status.replace(" ", "-") },
    make("th", { scope: "row" }, row.title),
    make("td", { class: "status" }, `${SIGNS[row.status] || ""} ${row.status}`),
    make("td", {}, row.points),
    make("td", {}, ...lines),
  );
}

/**
 * @param {{ model: any, el: HTMLElement }} context
 * @returns {() => void} removes what was set up
 */
function render({ model, el }) {
  const statement = make("div", { class: "statement" });
  const [check, hint, solution] = ["Check", "Hint", "Solution"].map((name) =>
    make("button", { type: "button" }, name),
  );
  check.classList.add("main");
  const status = make("p", { class: "notice", role: "status" });
  const report = make("div", { class: "report" });
  const reading = make("div", { class: "reading" });
  // JupyterLab's command mode takes Enter and letters for itself unless told not to.
  const root = make(
    "section",
    {
      class: "ecs-lab-panel ecs-lab-exercise",
      "aria-label": model.get("title"),
      "data-lm-suppress-shortcuts": "true",
    },
    statement, make("div", { class: "buttons" }, check, hint, solution), status, report, reading,
  );

  /** @param {string} action */
  function send(action) {
    status.textContent = action === "check" ? "Checking…" : "";
    model.send({ do: action });
  }

  function drawReport() {
    const { rows, headline } = model.get("report");
    if (!rows) return report.replaceChildren();
    const heads = ["Check", "Result", "Points", "Feedback"];
    report.replaceChildren(
      make(
        "table",
        {},
        make("caption", {}, headline),
        make("thead", {}, make("tr", {}, ...heads.map((h) => make("th", { scope: "col" }, h)))),
        make("tbody", {}, ...rows.map(drawRow)),
      ),
    );
  }

  const drawStatement = () => statement.replaceChildren(...model.get("statement").map(build));
  const drawReading = () => reading.replaceChildren(...model.get("reading").map(build));
  const drawNotice = () => { status.textContent = model.get("notice"); };

  const listening = new AbortController();
  const { signal } = listening;
  check.addEventListener("click", () => send("check"), { signal });
  hint.addEventListener("click", () => send("hint"), { signal });
  solution.addEventListener("click", () => send("solution"), { signal });

  /** @type {[string, () => void][]} */
  const views = [
    ["change:statement", drawStatement],
    ["change:report", drawReport],
    ["change:reading", drawReading],
    ["change:notice", drawNotice],
    // The same headline twice changes no trait; Python's answer to each press is told all the same.
    ["msg:custom", drawNotice],
  ];
  for (const [event, draw] of views) model.on(event, draw);
  el.replaceChildren(root);
  for (const [, draw] of views) draw();
  return () => {
    for (const [event, draw] of views) model.off(event, draw);
    listening.abort();
  };
}

export default { render };
