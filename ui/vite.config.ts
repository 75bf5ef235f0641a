import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Server that `npm run dev` stands in front of. */
const DEV_SERVER = process.env.RUNWELL_BASE_URL ?? "http://127.0.0.1:8080";

/**
 * Writes .gz and .br beside the page, and in place of every text asset: the server never compresses at request time,
 * and an installation doesn't carry each script three times. Whoever takes neither gets the .gz unpacked.
 */
function precompress(): Plugin {
  return {
    name: "runwell-precompress",
    apply: "build",
    // From the written files: other plugins may still change a bundle while it is being generated.
    writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!/\.(js|css|html)$/.test(name)) continue;
        const path = join(dir!, name);
        const source = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(source, { level: 9 }));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
        writeFileSync(`${path}.br`, brotliCompressSync(source, { params }));
        if (!name.endsWith(".html")) rmSync(path);
      }
    },
  };
}

/** Puts the first page's styles into the page itself: nothing is painted before them, and a request less is waited for. */
function styleInPage(): Plugin {
  return {
    name: "runwell-style-in-page",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html, { bundle }) =>
        html.replace(/<link rel="stylesheet"[^>]*href="\/([^"]+)">/g, (link, name) => {
          const sheet = bundle?.[name];
          return sheet?.type === "asset" ? `<style>${sheet.source}</style>` : link;
        }),
    },
  };
}

/**
 * Sees that catalogues of texts import no chunk that waits for them: the entry does, and would wait for ever.
 * What they need (figures) has a chunk of its own.
 */
function checkCatalogues(): Plugin {
  return {
    name: "runwell-catalogues",
    apply: "build",
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk" || !/texts\/(en|ko)\/index\.ts$/.test(chunk.facadeModuleId ?? "")) continue;
        const waiting = chunk.imports.find((name) => !/assets\/(figures|rolldown-runtime)-/.test(name));
        if (waiting) this.error(`${chunk.fileName} imports ${waiting}, which may wait for it`);
      }
    },
  };
}

export default defineConfig({
  base: "/",
  plugins: [react(), checkCatalogues(), styleInPage(), precompress()],
  build: {
    outDir: "../src/runwell/server/static",
    emptyOutDir: true,
    assetsDir: "assets",
    // The page's CSP allows no inline code and no data: scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "figures", test: /src\/series\/(format|tagged)\.ts$/, priority: 1 },
            // One file for all that the first page needs: it waits for the texts, and would be cut to pieces for that.
            { name: "app", tags: ["$initial"] },
          ],
        },
      },
    },
  },
  worker: { format: "es" },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/files", "/artifacts", "/ready"].map((path) => [
        path,
        { target: DEV_SERVER, changeOrigin: true, headers: { origin: DEV_SERVER } },
      ]),
    ),
  },
  // Most tests touch no document, and jsdom takes a second for each file: who needs it says so in its first line.
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
