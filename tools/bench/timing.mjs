// Runs two sides in turn, and tells medians and quartiles.

/** Quartiles and number of values; between two values the quartile is interpolated. */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (share) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  return { runs: sorted.length, low: quantile(0.25), median: quantile(0.5), high: quantile(0.75) };
}

/** `times` runs in a row as one, for tasks shorter than the clock of CPU seconds is fine. */
export const repeated = (times, run) => async () => {
  const sum = { wall_ms: 0, cpu_ms: 0 };
  for (let time = 0; time < times; time += 1) {
    const { wall_ms, cpu_ms } = await run();
    sum.wall_ms += wall_ms / times;
    sum.cpu_ms += cpu_ms / times;
  }
  return sum;
};

/**
 * Runs every side `runs` times after one run each that does not count, forwards and backwards in turn, so that what
 * else the machine does falls on all of them alike. `sides` are functions that give `{wall_ms, cpu_ms}`, by name.
 */
export async function sideBySide(runs, sides) {
  const names = Object.keys(sides);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) await sides[name]();
  for (let run = 0; run < runs; run += 1) {
    for (const name of run % 2 ? [...names].reverse() : names) results[name].push(await sides[name]());
  }
  return results;
}

/** Wall and CPU time of one side. */
export const times = (results) => ({
  wall: summary(results.map(({ wall_ms }) => wall_ms)),
  cpu: summary(results.map(({ cpu_ms }) => cpu_ms)),
});

/** Ratios of runs that stood side by side. */
export const ratios = (above, below) => ({
  wall: summary(above.map(({ wall_ms }, run) => wall_ms / below[run].wall_ms)),
  cpu: summary(above.map(({ cpu_ms }, run) => cpu_ms / below[run].cpu_ms)),
});
