// Fails the build when the first load (what the page names, and a catalogue of texts) grows too large.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a first visit downloads, gzipped; 250 is the goal, past 280 the build fails (design page ui.md, budgets). */
const GOAL_KB = 250;
const LIMIT_KB = 280;

const built = join(dirname(fileURLToPath(import.meta.url)), "../../src/runwell/server/static");
const out = process.argv[2] ?? built;
const page = readFileSync(join(out, "index.html"), "utf8");
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);

// The reader's language is known in his browser only: of the catalogues, each at the size of the larger one.
const catalogues = readdirSync(join(out, "assets")).filter((name) => /^(en|ko)-.*\.js\.gz$/.test(name));
const sizeOf = (name) => statSync(join(out, `assets/${name}`)).size;
const largest = catalogues.sort((a, b) => sizeOf(b) - sizeOf(a))[0];
if (largest) first.push(`assets/${largest.slice(0, -3)}`);
// With the styles of its first screen.
if (first.length > 0) first.unshift("index.html");

let total = 0;
for (const name of first) {
  const bytes = statSync(join(out, `${name}.gz`)).size;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KB gz  ${name}`);
}
const later = readdirSync(join(out, "assets"))
  .filter((name) => /\.(js|css)\.gz$/.test(name))
  .map((name) => name.slice(0, -3))
  .filter((name) => !first.includes(`assets/${name}`));
for (const name of later) {
  console.log(
    `${(statSync(join(out, "assets", `${name}.gz`)).size / 1024).toFixed(1).padStart(8)} KB gz  assets/${name} (later)`,
  );
}
const total_kb = total / 1024;
console.log(`First load: ${total_kb.toFixed(1)} KB gz of JS and CSS; goal ${GOAL_KB}, limit ${LIMIT_KB}.`);
if (first.length === 0 || catalogues.length !== 2 || total_kb > LIMIT_KB) {
  console.error(
    first.length === 0
      ? "index.html names no assets."
      : catalogues.length !== 2
        ? `There should be two catalogues of texts; there are ${catalogues.length}.`
        : "Too large: load what the first screen doesn't need with import().",
  );
  process.exit(1);
}
