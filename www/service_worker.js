// Keeps every file of the page, so that it works without a network; each file is checked against its hash.
"use strict";

importScripts("cpu_program.js");

// Put in by tools/list_files.py when the page is built: [path, SHA-256 in hexadecimal, bytes, whether it is kept only
// once it was asked for] of each file.
const FILES = [];
// Changes with any file.
const VERSION = "unbuilt";

const PREFIX = "gradlens-";
const CACHE = PREFIX + VERSION;
const address = (path) => new URL(path, self.registration.scope).href;
const KEPT = new Map(FILES.map(([path, hash]) => [address(path), hash]));
// Of the CPU engine's two programs a browser needs one.
const isSpare = (path) => path === SPARE_PROGRAM + ".js" || path === SPARE_PROGRAM + "_bg.wasm";
const ON_DEMAND = new Set(
  FILES.filter(([path, , , onDemand]) => onDemand || isSpare(path)).map(([path]) => address(path)),
);

async function hashOf(response) {
  const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A file of an earlier version that has not changed is not downloaded again; what had arrived before an
// interruption is found again too, as the cache of this version.
async function find(url, hash) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const response = await (await caches.open(name)).match(url);
    if (response && (await hashOf(response.clone())) === hash) return response;
  }
  const response = await fetch(url, { cache: "no-cache", credentials: "omit" });
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  const found = await hashOf(response.clone());
  if (found !== hash) throw new Error(`${url} is not the file this version was built with`);
  return response;
}

async function install() {
  const cache = await caches.open(CACHE);
  for (const [url, hash] of KEPT) {
    if (!ON_DEMAND.has(url)) await cache.put(url, await find(url, hash));
  }
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

async function answer(request) {
  const url = new URL(request.url);
  url.hash = "";
  url.search = "";
  const kept = url.href === address("") ? address("index.html") : url.href;
  if (KEPT.has(kept)) {
    const cache = await caches.open(CACHE);
    const response = await cache.match(kept);
    if (response) return response;
    if (ON_DEMAND.has(kept)) {
      const found = await find(kept, KEPT.get(kept));
      await cache.put(kept, found.clone());
      return found;
    }
  }
  return fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === self.location.origin) {
    event.respondWith(answer(request));
  }
});
