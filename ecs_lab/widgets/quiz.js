// @ts-check
// The quiz as the learner sees it. A pure view: what is shown is in the model's traits, which only
// Python changes; what the learner does goes to Python as messages. See quiz.py.

/**
 * @typedef {object} Question
 * @property {string} id
 * @property {string} stem
 * @property {string} instruction  "Select TWO.", or nothing
 * @property {number} select       how many options are right
 * @property {string[]} options
 */
/**
 * @typedef {object} Verdict
 * @property {boolean} correct
 * @property {string} summary
 * @property {{right: boolean, standing: string, why: string}[]} options
 * @property {string[]} sources
 * @property {string} as_of
 * @property {string} lesson
 * @property {string | null} exam_today
 */
/**
 * @typedef {object} Score
 * @property {number} right
 * @property {number} answered
 * @property {{stem: string, standing: string, flagged: boolean}[]} [questions]
 */

const LETTERS = "ABCDEF";
// JupyterLab's command mode takes arrows, digits and Enter for itself, unless the very element that
// has the focus says not to; on an element around it, the attribute would be seen too late.
const SHORTCUTS_OFF = "data-lm-suppress-shortcuts";
const FOCUSABLE = new Set(["input", "button", "a", "h4"]);
let views = 0;

/**
 * Makes an element; text goes in as text, never as HTML.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(string | Node)[]} children
 */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (FOCUSABLE.has(tag)) element.setAttribute(SHORTCUTS_OFF, "true");
  element.append(...children);
  return element;
}

/**
 * @param {{ model: any, el: HTMLElement }} context
 * @returns {() => void} removes what was set up
 */
function render({ model, el }) {
  const prefix = `ecs-lab-quiz-${++views}`;
  const progress = make("p", { class: "where" });
  const form = make("form", { autocomplete: "off" });
  const status = make("p", { class: "status", role: "status" });
  const more = make("div", { class: "more" });
  const [previous, check, next, flag] = ["Previous", "Check", "Next", "Flag"].map((name) =>
    make("button", { type: "button" }, name),
  );
  const buttons = make("div", { class: "buttons" }, previous, check, next, flag);
  const results = make("div", { class: "results" });
  const root = make(
    "section",
    { class: "ecs-lab-panel ecs-lab-quiz", "aria-label": "Quiz" },
    progress, form, status, more, buttons, results,
  );
  /** What the form shows: another question, or a verdict, draws it anew. */
  let drawn = "";

  /** @returns {Verdict | null} */
  const verdictNow = () => (model.get("verdict").summary ? model.get("verdict") : null);

  /** @returns {HTMLInputElement[]} */
  const inputs = () => [...form.querySelectorAll("input")];

  /** @param {object} message */
  function send(message) {
    const chosen = inputs().flatMap((input, place) => (input.checked ? [place] : []));
    model.send({ ...message, at: model.get("position"), chosen });
  }

  function draw() {
    const position = model.get("position");
    const total = model.get("total");
    const atEnd = position >= total;
    // A button that hides or goes takes the focus with it; look before anything changes.
    const hadFocus = root.contains(document.activeElement);
    for (const part of [form, more, previous, check, next, flag]) part.hidden = atEnd;
    results.hidden = !atEnd;
    progress.textContent = `${model.get("title")}: ${atEnd ? "results" : `question ${position + 1} of ${total}`}`;
    const key = atEnd ? "" : `${position} ${model.get("question").id} ${verdictNow() !== null}`;
    const anew = key !== drawn;
    drawn = key;
    if (atEnd) drawResults(model.get("score"), total);
    else if (anew) drawQuestion(model.get("question"), verdictNow());
    drawButtons(position, total);
    const verdict = verdictNow();
    status.textContent = [verdict?.summary, model.get("notice")].filter(Boolean).join(" ");
    status.className = `status ${verdict ? (verdict.correct ? "right" : "wrong") : ""}`;
    if (hadFocus && (anew || atEnd)) focusOn(atEnd ? results.querySelector("h4") : verdict ? next : inputs()[0]);
  }

  /** @param {Element | null | undefined} element */
  function focusOn(element) {
    if (element instanceof HTMLElement) element.focus();
  }

  /** @param {Question} question @param {Verdict | null} verdict */
  function drawQuestion(question, verdict) {
    const legend = make("legend", {}, `${question.stem} ${question.instruction}`.trim());
    const rows = question.options.map((text, place) => drawOption(question, verdict, text, place));
    form.replaceChildren(make("fieldset", {}, legend, ...rows));
    const chosen = new Set(model.get("chosen"));
    inputs().forEach((input, place) => {
      input.checked = chosen.has(place);
      input.disabled = Boolean(verdict);
    });
    more.replaceChildren(...(verdict ? drawMore(verdict) : []));
  }

  /** @param {Question} question @param {Verdict | null} verdict @param {string} text @param {number} place */
  function drawOption(question, verdict, text, place) {
    const id = `${prefix}-${place}`;
    const input = make("input", { type: question.select > 1 ? "checkbox" : "radio", name: prefix, id });
    const row = make("div", { class: "option" }, input, make("label", { for: id }, `${LETTERS[place]}. ${text}`));
    if (verdict) {
      const { right, standing, why } = verdict.options[place];
      if (right) row.classList.add("right");
      else if (model.get("chosen").includes(place)) row.classList.add("wrong");
      row.append(make("p", { class: "why", id: `${id}-why` }, make("strong", {}, `${standing}: `), why));
      input.setAttribute("aria-describedby", `${id}-why`);
    }
    return row;
  }

  /** @param {Verdict} verdict */
  function drawMore(verdict) {
    const links = verdict.sources.map((address) =>
      make("li", {}, make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address)),
    );
    const parts = [
      make("p", {}, `Source, read on ${verdict.as_of}:`),
      make("ul", {}, ...links),
      make("p", {}, `Read again: ${verdict.lesson}.`),
    ];
    if (verdict.exam_today) {
      parts.unshift(make("p", { class: "exam-today" }, make("strong", {}, "Exam and today: "), verdict.exam_today));
    }
    return parts;
  }

  /** @param {number} position @param {number} total */
  function drawButtons(position, total) {
    const answered = verdictNow() !== null;
    check.hidden = check.hidden || answered;
    previous.toggleAttribute("disabled", position === 0);
    next.textContent = position === total - 1 ? "See results" : "Next";
    flag.setAttribute("aria-pressed", String(model.get("flagged")));
    next.classList.toggle("main", answered);
    check.classList.toggle("main", !answered);
  }

  /** @param {Score} score @param {number} total */
  function drawResults(score, total) {
    const heading = make("h4", { tabindex: "-1" }, `Score: ${score.right} of ${total} right`);
    const rows = (score.questions || []).map(({ stem, standing, flagged }, place) => {
      const button = make("button", { type: "button" }, `Question ${place + 1}`);
      button.addEventListener("click", () => send({ do: "go", to: place }));
      const said = `${standing}${flagged ? ", flagged" : ""}`;
      return make("li", { class: standing.replace(" ", "-") }, button, make("strong", {}, ` ${said}: `), stem);
    });
    const again = make("button", { type: "button" }, "Start again in another order");
    again.addEventListener("click", () => send({ do: "restart" }));
    results.replaceChildren(heading, make("p", {}, "Go back to any question to read its reasons:"), make("ul", {}, ...rows), again);
  }

  function checkNow() {
    if (!verdictNow()) send({ do: "check" });
  }

  const listening = new AbortController();
  const { signal } = listening;
  form.addEventListener("submit", (event) => event.preventDefault(), { signal });
  form.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const numbered = inputs()[Number(event.key) - 1];
      if (event.key === "Enter") {
        event.preventDefault();
        checkNow();
      } else if (numbered) {
        event.preventDefault();
        numbered.focus();
        numbered.click();
      }
    },
    { signal },
  );
  check.addEventListener("click", checkNow, { signal });
  previous.addEventListener("click", () => send({ do: "step", by: -1 }), { signal });
  next.addEventListener("click", () => send({ do: "step", by: 1 }), { signal });
  flag.addEventListener("click", () => send({ do: "flag" }), { signal });

  model.on("change", draw);
  el.replaceChildren(root);
  draw();
  return () => {
    model.off("change", draw);
    listening.abort();
  };
}

export default { render };
