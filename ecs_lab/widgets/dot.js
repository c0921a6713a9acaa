// @ts-check
// A picture that the browser draws from DOT text with Viz.js. A pure view: DOT goes in, bare SVG goes
// back to Python, and the finished SVG that comes from there is shown. See dot.py.

/**
 * @typedef {object} Model
 * @property {(name: string) => string} get
 * @property {(name: string, value: string) => void} set
 * @property {() => void} save_changes
 * @property {(message: object) => void} send
 * @property {(event: string, callback: (...given: any[]) => void) => void} on
 * @property {(event: string, callback: (...given: any[]) => void) => void} off
 */

// One Viz.js for all pictures of a page.
const PAGE = /** @type {{ecsLabViz?: Promise<any>}} */ (globalThis);

/**
 * Viz.js, ready to draw; it comes from Python the first time.
 * @param {Model} model
 */
function viz(model) {
  PAGE.ecsLabViz ??= library(model)
    .then((source) => import(URL.createObjectURL(source)))
    .then((module) => module.instance())
    .catch((error) => {
      PAGE.ecsLabViz = undefined; // the next picture tries again
      throw error;
    });
  return PAGE.ecsLabViz;
}

/**
 * The source of Viz.js, asked for in a message and unpacked.
 * @param {Model} model
 * @returns {Promise<Blob>}
 */
async function library(model) {
  const packed = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no kernel answers")), 20_000);
    const receive = (/** @type {{is?: string}} */ message, /** @type {DataView[]} */ buffers) => {
      if (message.is !== "viz") return;
      clearTimeout(late);
      model.off("msg:custom", receive);
      resolve(buffers[0]);
    };
    model.on("msg:custom", receive);
    model.send({ do: "send-viz" });
  });
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const source = await new Response(stream).text();
  return new Blob([source], { type: "text/javascript" });
}

/**
 * @param {{model: Model, el: HTMLElement}} given
 */
function render({ model, el }) {
  const words = document.createElement("pre");
  words.textContent = model.get("text");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const drawn = document.createElement("div");
  drawn.style.overflowX = "auto";
  el.replaceChildren(said, drawn, words);

  const show = () => {
    const svg = model.get("svg");
    if (!svg) return;
    const parsed = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    drawn.replaceChildren(document.importNode(parsed, true));
    words.hidden = true;
    said.textContent = "";
  };
  model.on("change:svg", show);

  if (model.get("svg")) {
    show();
  } else {
    said.textContent = "Drawing the picture …";
    viz(model)
      .then((ready) => {
        model.set("raw", ready.renderString(model.get("dot"), { format: "svg" }));
        model.save_changes();
      })
      .catch((error) => {
        said.textContent = `The picture could not be drawn here (${error.message}). In words:`;
      });
  }
  return () => model.off("change:svg", show);
}

export default { render };
