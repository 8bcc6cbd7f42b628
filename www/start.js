// Starts the page, and has the browser keep it for use without a network. Its own file, because the
// page allows no script between its lines.
"use strict";

const { script, wasm } = document.currentScript.dataset;

// Relative to the page, wherever that is served from.
const address = (file) => new URL(file, document.baseURI).href;

import(address(script))
  .then((page) => page.default({ module_or_path: address(wasm) }))
  .catch((error) => {
    const words = document.createElement("p");
    words.className = "page-gone";
    words.setAttribute("role", "alert");
    words.textContent = `The page could not be loaded (${error.message}). Reload it, or try another browser.`;
    document.body.append(words);
  });

const tell = (name) => window.dispatchEvent(new CustomEvent(name));

async function keepForOffline() {
  const registration = await navigator.serviceWorker.register(address("service_worker.js"));
  const watch = (worker) => {
    worker?.addEventListener("statechange", () => {
      // A first visit has nothing newer to announce.
      if (worker.state === "installed" && navigator.serviceWorker.controller) tell("gradlens-update");
    });
  };
  watch(registration.installing);
  registration.addEventListener("updatefound", () => watch(registration.installing));
  if (registration.waiting && navigator.serviceWorker.controller) tell("gradlens-update");
  // The new version takes over between two visits, never under a page that is in use.
  window.addEventListener("pagehide", () => registration.waiting?.postMessage("take-over"));
}

if ("serviceWorker" in navigator && window.isSecureContext) {
  // After the page itself has loaded: the first answer comes first.
  window.addEventListener("load", () => {
    keepForOffline().catch((error) => console.warn(`Not kept for use offline: ${error.message}`));
  });
}
