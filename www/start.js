// Starts the page, and has the browser keep it for use without a network. Its own file, because the
// page allows no script between its lines.
"use strict";

const { script, wasm } = document.currentScript.dataset;

// The opening words speak as the page will: the language kept from an earlier visit, else the browser's, else English.
function language() {
  let kept;
  try {
    kept = JSON.parse(localStorage.getItem("gradlens.language"));
  } catch {
    // A browser that keeps nothing.
  }
  const tags = [kept, navigator.language].map((tag) => String(tag).split("-")[0].toLowerCase());
  return tags.find((tag) => tag === "en" || tag === "de") ?? "en";
}
document.documentElement.lang = language();

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
  // After the page has loaded its engine and its model, which it says (src/app/components/page.rs): the first answer comes
  // first, and what has been downloaded for it is found again.
  window.addEventListener(
    "gradlens-complete",
    () => keepForOffline().catch((error) => console.warn(`Not kept for use offline: ${error.message}`)),
    { once: true },
  );
}
