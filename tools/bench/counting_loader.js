// Loads the engine's worker with a count of what it asks of the GPU; told to whoever asks on a channel of its own.
"use strict";

const counts = { dispatches: 0, readbacks: 0, uploaded: 0 };

function before(type, name, note) {
  const plain = type?.prototype[name];
  if (!plain) return;
  type.prototype[name] = function (...given) {
    note(...given);
    return plain.apply(this, given);
  };
}

for (const name of ["dispatchWorkgroups", "dispatchWorkgroupsIndirect"]) {
  before(self.GPUComputePassEncoder, name, () => (counts.dispatches += 1));
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

const channel = new BroadcastChannel("counts");
channel.onmessage = ({ data }) => {
  if (data === "ask") channel.postMessage({ ...counts });
};

importScripts("worker_loader.js");
