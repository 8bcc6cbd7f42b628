// Loads the engine into a worker. A program that cannot be loaded is reported like a crash:
// the page would otherwise wait for it for ever.
"use strict";

const program = self.name === "cpu" ? "worker" : "worker_gpu";

function crashed(error) {
  const message = error && error.message ? error.message : String(error);
  self.postMessage({ json: JSON.stringify({ job: 0, event: { crashed: { message } } }), buffers: [] });
}

try {
  importScripts(program + ".js");
  wasm_bindgen({ module_or_path: program + "_bg.wasm" }).catch(crashed);
} catch (error) {
  crashed(error);
}
