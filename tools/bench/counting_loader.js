// Loads the engine's worker with a count of what it asks of the GPU, and of the time each shader takes; told to whoever asks
// on a channel of its own.
"use strict";

const counts = { dispatches: 0, readbacks: 0, uploaded: 0 };

function before(type, name, note) {
  const plain = type?.prototype[name];
  if (!plain) return;
  type.prototype[name] = function (...given) {
    note.call(this, ...given);
    return plain.apply(this, given);
  };
}

function after(type, name, note) {
  const plain = type?.prototype[name];
  if (!plain) return;
  type.prototype[name] = function (...given) {
    const made = plain.apply(this, given);
    note.call(this, made, ...given);
    return made;
  };
}

before(self.GPUQueue, "writeBuffer", (buffer, offset, data, start, size) => {
  counts.uploaded += size ?? data.byteLength;
});
before(self.GPUDevice, "createBuffer", ({ size, mappedAtCreation }) => {
  if (mappedAtCreation) counts.uploaded += size;
});
before(self.GPUBuffer, "mapAsync", (mode) => {
  if (mode & GPUMapMode.READ) counts.readbacks += 1;
});

// Which shader a pipeline runs: ours have their name in the first line of their text.
const names = new WeakMap();
after(self.GPUDevice, "createShaderModule", (module, { code }) => {
  names.set(module, /^\/\/ (.*)/.exec(code)?.[1] ?? "of the device's own");
});
let device;
after(self.GPUDevice, "createComputePipeline", function (pipeline, { compute }) {
  device = this;
  names.set(pipeline, names.get(compute.module));
});

// What a pass would dispatch with, and what was dispatched while it was recorded.
const passes = new WeakMap();
let recorded = null;
const stateOf = (pass) => passes.get(pass) ?? passes.set(pass, { groups: [] }).get(pass);
before(self.GPUComputePassEncoder, "setPipeline", function (pipeline) {
  stateOf(this).pipeline = pipeline;
});
before(self.GPUComputePassEncoder, "setBindGroup", function (index, group) {
  stateOf(this).groups[index] = group;
});
before(self.GPUComputePassEncoder, "dispatchWorkgroups", function (...grid) {
  counts.dispatches += 1;
  const { pipeline, groups } = stateOf(this);
  recorded?.push({ pipeline, groups: [...groups], grid });
});
before(self.GPUComputePassEncoder, "dispatchWorkgroupsIndirect", () => (counts.dispatches += 1));

/** Dispatches once more what was recorded, one by one: the milliseconds of each shader, and how often it ran. */
async function timed(dispatches) {
  const shaders = {};
  for (const { pipeline, groups, grid } of dispatches) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    groups.forEach((group, index) => pass.setBindGroup(index, group));
    pass.dispatchWorkgroups(...grid);
    pass.end();
    const began = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    const shader = (shaders[names.get(pipeline)] ??= { ms: 0, runs: 0 });
    shader.ms += performance.now() - began;
    shader.runs += 1;
  }
  return shaders;
}

const channel = new BroadcastChannel("counts");
channel.onmessage = async ({ data }) => {
  if (data === "ask") channel.postMessage({ ...counts });
  if (data === "record") recorded = [];
  if (data === "time") {
    const dispatches = recorded;
    recorded = null;
    channel.postMessage(await timed(dispatches));
  }
};

importScripts("worker_loader.js");
