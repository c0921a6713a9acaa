// @ts-check
// The quiz as the learner sees it. A pure view: what is shown is in the model's traits, which only
// Python changes; what the learner does goes to Python as messages. See quiz.py.

/**
 * @typedef {object} Question
 * @property {string} id
 * @property {"choice" | "ordering" | "matching"} kind
 * @property {string} case         the situation of a case, or nothing
 * @property {string} stem
 * @property {string} instruction  "Select TWO.", or nothing
 * @property {number} select       how many options are right
 * @property {string[]} options
 * @property {string[]} answers    what the options of a matching question are matched with
 */
/**
 * @typedef {object} Shown
 * @property {string} about
 * @property {{call: string, answer: string}[]} steps
 * @property {Picture[]} pictures
 * @property {{letter: string, standing: string, found: string}[]} findings
 * @property {string} trouble
 */
/** @typedef {{source: string, text: string}} Picture */
/**
 * @typedef {object} Verdict
 * @property {boolean} correct
 * @property {string} summary
 * @property {{right: boolean, standing: string, why: string}[]} options
 * @property {string[]} sources
 * @property {string} as_of
 * @property {string} lesson
 * @property {string | null} exam_today
 * @property {boolean} provable    a proof can show it in the lab
 * @property {string} history      how often it was answered, and when it comes again
 */
/**
 * @typedef {object} Score
 * @property {number} right
 * @property {number} answered
 * @property {{stem: string, standing: string, flagged: boolean}[]} [questions]
 */

const LETTERS = "ABCDEFGHIJ";
// JupyterLab's command mode takes arrows, digits and Enter for itself, unless the very element that
// has the focus says not to; on an element around it, the attribute would be seen too late.
const SHORTCUTS_OFF = "data-lm-suppress-shortcuts";
const FOCUSABLE = new Set(["input", "button", "a", "h4", "select", "summary"]);
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
  const situation = make("p", { class: "case", id: `${prefix}-case` });
  const beside = make("div", { class: "beside" });
  const form = make("form", { autocomplete: "off" });
  const status = make("p", { class: "status", role: "status" });
  const more = make("div", { class: "more" });
  const [previous, check, next, flag, explain, show] = ["Previous", "Check", "Next", "Flag", "Explain", "Show me"].map((name) =>
    make("button", { type: "button" }, name),
  );
  const buttons = make("div", { class: "buttons" }, previous, check, next, flag, explain, show);
  const keys = make("p", { class: "keys" }, "Keys: digits choose, Enter checks, N next, P previous, F flag, E explain.");
  const shown = make("section", { class: "shown", "aria-label": "Shown in the lab" });
  const results = make("div", { class: "results" });
  const root = make(
    "section",
    { class: "ecs-lab-panel ecs-lab-quiz", "aria-label": "Quiz" },
    progress, situation, beside, form, status, more, buttons, keys, shown, results,
  );
  /** What the form shows: another question, or a verdict, draws it anew. */
  let drawn = "";
  /** A neighbour that is shown at once, until Python is there as well. @type {Record<string, any> | null} */
  let early = null;

  /** What is on show. @param {string} name */
  const get = (name) => (early && name in early ? early[name] : model.get(name));

  /** @returns {Verdict | null} */
  const verdictNow = () => (get("verdict").summary ? get("verdict") : null);

  /** @returns {HTMLInputElement[]} */
  const inputs = () => [...form.querySelectorAll("input")];

  /** What the learner has chosen, as the session reads it; see Answer in session.py. */
  function answerNow() {
    const { kind } = get("question");
    if (kind === "ordering") return [...form.querySelectorAll("li")].map((row) => Number(row.dataset.place));
    if (kind === "matching") return [...form.querySelectorAll("select")].map((box) => Number(box.value));
    return inputs().flatMap((input, place) => (input.checked ? [place] : []));
  }

  /** @param {object} message */
  function send(message) {
    const chosen = answerNow();
    model.send({ ...message, at: get("position"), chosen });
  }

  /** Goes to a neighbour. Python, which is told, has sent it ahead. @param {number} by */
  function step(by) {
    send({ do: "step", by });
    const position = get("position") + by;
    const screen = model.get("ahead")[position];
    if (!screen) return;
    early = { picture: {}, shown: {}, notice: "", ...screen, position };
    draw();
  }

  function changed() {
    if (early && early.position === model.get("position")) early = null;
    draw();
  }

  function draw() {
    const position = get("position");
    const total = get("total");
    const atEnd = position >= total;
    // A button that hides or goes takes the focus with it; look before anything changes.
    const hadFocus = root.contains(document.activeElement);
    for (const part of [form, more, keys, previous, check, next, flag, explain, show, situation, beside, shown]) part.hidden = atEnd;
    results.hidden = !atEnd;
    progress.textContent = `${get("title")}: ${atEnd ? "results" : `question ${position + 1} of ${total}`}`;
    const key = atEnd ? "" : `${position} ${get("question").id} ${verdictNow() !== null}`;
    const anew = key !== drawn;
    drawn = key;
    if (atEnd) drawResults(get("score"), total);
    else if (anew) drawQuestion(get("question"), verdictNow());
    drawButtons(position, total);
    drawPictures(beside, [get("picture")]);
    drawShown(get("shown"));
    const verdict = verdictNow();
    status.textContent = [verdict?.summary, get("notice")].filter(Boolean).join(" ");
    status.className = `status ${verdict ? (verdict.correct ? "right" : "wrong") : ""}`;
    if (hadFocus && (anew || atEnd)) focusOn(atEnd ? results.querySelector("h4") : verdict ? next : form.querySelector("input, select, button"));
  }

  /** @param {Element | null | undefined} element */
  function focusOn(element) {
    if (element instanceof HTMLElement) element.focus();
  }

  /** @param {Question} question @param {Verdict | null} verdict */
  function drawQuestion(question, verdict) {
    situation.textContent = question.case;
    situation.hidden = !question.case;
    const legend = make("legend", {}, `${question.stem} ${question.instruction}`.trim());
    const fields = make("fieldset", question.case ? { "aria-describedby": situation.id } : {}, legend);
    if (question.kind === "ordering") fields.append(drawSteps(question, verdict));
    else if (question.kind === "matching") fields.append(...question.options.map((_, place) => drawMatch(question, verdict, place)));
    else fields.append(...question.options.map((text, place) => drawOption(question, verdict, text, place)));
    form.replaceChildren(fields);
    const chosen = new Set(get("chosen"));
    if (question.kind === "choice") inputs().forEach((input, place) => (input.checked = chosen.has(place)));
    for (const field of form.querySelectorAll("input, select, button")) field.toggleAttribute("disabled", Boolean(verdict));
    more.replaceChildren(...(verdict ? drawMore(verdict) : []));
  }

  /** The steps of an order, each with buttons that move it. @param {Question} question @param {Verdict | null} verdict */
  function drawSteps(question, verdict) {
    const list = make("ol", { class: "steps" });
    for (const place of /** @type {number[]} */ (get("chosen"))) {
      const text = `${LETTERS[place]}. ${question.options[place]}`;
      const row = make("li", { class: "option", "data-place": String(place) }, make("span", { class: "text" }, text));
      if (verdict) row.append(reason(verdict, place, row));
      else row.append(mover(row, text, "up", -1), mover(row, text, "down", 1));
      list.append(row);
    }
    return list;
  }

  /** @param {HTMLElement} row @param {string} text @param {string} way @param {number} by */
  function mover(row, text, way, by) {
    const button = make("button", { type: "button", "aria-label": `Move ${way}: ${text}` }, by < 0 ? "↑" : "↓");
    button.addEventListener("click", () => {
      const rows = [...form.querySelectorAll("li")];
      const to = rows.indexOf(row) + by;
      if (to < 0 || to >= rows.length) return;
      rows[to][by < 0 ? "before" : "after"](row);
      button.focus();
      status.textContent = `${text.slice(0, 2)} is now step ${to + 1} of ${rows.length}.`;
    });
    return button;
  }

  /** One option of a matching question and the box with its answers. @param {Question} question @param {Verdict | null} verdict @param {number} place */
  function drawMatch(question, verdict, place) {
    const id = `${prefix}-${place}`;
    const chosen = get("chosen")[place];
    const choices = ["Choose …", ...question.answers.map((answer, at) => `${LETTERS[at]}. ${answer}`)].map((text, at) => {
      const choice = make("option", { value: String(at - 1) }, text);
      choice.toggleAttribute("selected", at - 1 === chosen);
      return choice;
    });
    const box = make("select", { id }, ...choices);
    const row = make("div", { class: "option match" }, make("label", { for: id }, `${place + 1}. ${question.options[place]}`), box);
    if (verdict) row.append(reason(verdict, place, row));
    return row;
  }

  /** Why a step or a match is right or wrong. @param {Verdict} verdict @param {number} place @param {HTMLElement} row */
  function reason(verdict, place, row) {
    const { right, standing, why } = verdict.options[place];
    row.classList.add(right ? "right" : "wrong");
    return make("p", { class: "why" }, make("strong", {}, `${standing}: `), why);
  }

  /** @param {Element} where @param {Picture[]} pictures */
  function drawPictures(where, pictures) {
    where.replaceChildren(
      ...pictures.filter(({ text }) => text).map(({ source, text }) =>
        source ? make("img", { src: source, alt: text }) : make("pre", {}, text),
      ),
    );
  }

  /** What a proof did and found. @param {Shown} proof */
  function drawShown(proof) {
    shown.hidden = shown.hidden || !proof.about;
    if (!proof.about) return shown.replaceChildren();
    const steps = proof.steps.map(({ call, answer }) =>
      make("li", {}, make("code", {}, call), ...(answer ? [make("br"), make("code", { class: "answer" }, `→ ${answer}`)] : [])),
    );
    const findings = proof.findings.map(({ letter, standing, found }) =>
      make("li", {}, make("strong", {}, `${letter} ${standing}: `), found),
    );
    const drawn = make("div", { class: "pictures" });
    drawPictures(drawn, proof.pictures);
    shown.replaceChildren(
      make("p", {}, make("strong", {}, "In the lab: "), proof.about),
      make("ul", { class: "findings" }, ...findings),
      ...(proof.trouble ? [make("p", {}, `The proof stopped: ${proof.trouble}`)] : []),
      drawn,
      make("details", {}, make("summary", {}, `What was done: ${steps.length} steps`), make("ol", {}, ...steps)),
    );
  }

  /** @param {Question} question @param {Verdict | null} verdict @param {string} text @param {number} place */
  function drawOption(question, verdict, text, place) {
    const id = `${prefix}-${place}`;
    const input = make("input", { type: question.select > 1 ? "checkbox" : "radio", name: prefix, id });
    const row = make("div", { class: "option" }, input, make("label", { for: id }, `${LETTERS[place]}. ${text}`));
    if (verdict) {
      const { right, standing, why } = verdict.options[place];
      if (right) row.classList.add("right");
      else if (get("chosen").includes(place)) row.classList.add("wrong");
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
      make("p", {}, `Read again: ${verdict.lesson}. ${verdict.history}`),
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
    show.hidden = show.hidden || !verdictNow()?.provable || Boolean(get("shown").about);
    show.removeAttribute("disabled");
    previous.toggleAttribute("disabled", position === 0);
    next.textContent = position === total - 1 ? "See results" : "Next";
    flag.setAttribute("aria-pressed", String(get("flagged")));
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
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !(event.target instanceof HTMLElement)) return;
      const inForm = form.contains(event.target) && !(event.target instanceof HTMLButtonElement);
      const inBox = event.target instanceof HTMLSelectElement;
      const numbered = inForm && !inBox ? inputs()[Number(event.key) - 1] : undefined;
      const button = { n: next, p: previous, f: flag, e: explain }[event.key.toLowerCase()];
      if (event.key === "Enter" && inForm) checkNow();
      else if (numbered) numbered.focus(), numbered.click();
      else if (button && !inBox && !button.hidden) button.click();
      else return;
      event.preventDefault();
    },
    { signal },
  );
  check.addEventListener("click", checkNow, { signal });
  previous.addEventListener("click", () => step(-1), { signal });
  next.addEventListener("click", () => step(1), { signal });
  show.addEventListener(
    "click",
    () => {
      show.setAttribute("disabled", "");
      status.textContent = "Playing it in the lab …";
      send({ do: "show" });
    },
    { signal },
  );
  explain.addEventListener("click", () => send({ do: "explain" }), { signal });
  flag.addEventListener("click", () => send({ do: "flag" }), { signal });

  model.on("change", changed);
  el.replaceChildren(root);
  draw();
  return () => {
    model.off("change", changed);
    listening.abort();
  };
}

export default { render };
