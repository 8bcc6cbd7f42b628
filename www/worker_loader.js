// Loads the engine into a worker. A program that cannot be loaded is reported like a crash:
// the page would otherwise wait for it for ever.
"use strict";

importScripts("cpu_program.js");

// "cpu" hires a colleague for every further core, "cpu alone" does not; "cpu alone, plain" is for comparison with the
// program for browsers without relaxed SIMD.
function programOf(name) {
  if (name === "gpu" || name === "webgpu") return "worker_gpu";
  if (name === "check") return "worker_check";
  return name.endsWith("plain") ? "worker" : CPU_PROGRAM;
}
const program = programOf(self.name);

function crashed(error) {
  const message = error && error.message ? error.message : String(error);
  self.postMessage({ json: JSON.stringify({ job: 0, event: { crashed: { message } } }), buffers: [] });
}

function start(compiled) {
  try {
    importScripts(program + ".js");
    wasm_bindgen({ module_or_path: compiled }).catch(crashed);
  } catch (error) {
    crashed(error);
  }
}

if (self.name === "colleague") {
  // Whoever hired it sends the program as it is compiled already.
  self.onmessage = (event) => {
    self.onmessage = null;
    start(event.data);
  };
} else {
  start(program + "_bg.wasm");
}
