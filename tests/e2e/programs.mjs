// The page's WebAssembly programs with their compressed sizes.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const NAMES = [
  { row: 'size-page', pattern: /^app-[0-9a-f]+_bg\.wasm$/ },
  { row: 'size-cpu', pattern: /^worker_bg\.wasm$/ },
  { row: 'size-cpu-relaxed', pattern: /^worker_relaxed_bg\.wasm$/ },
  { row: 'size-check', pattern: /^worker_check_bg\.wasm$/ },
  { row: 'size-gpu', pattern: /^worker_gpu_bg\.wasm$/ },
];

/** Each program in `folder` with its file and bytes after gzip at its best. */
export function programs(folder) {
  const files = readdirSync(folder);
  return NAMES.flatMap(({ row, pattern }) => {
    const file = files.find((name) => pattern.test(name));
    if (!file) return [];
    return [{ row, file, bytes: gzipSync(readFileSync(path.join(folder, file)), { level: 9 }).length }];
  });
}
