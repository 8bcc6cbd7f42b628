// Reloads the page when `make dev` has built it anew. Served then only.
"use strict";

new EventSource("changes").addEventListener("message", () => location.reload());
