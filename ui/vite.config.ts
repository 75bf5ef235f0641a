import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Server that `npm run dev` stands in front of. */
const DEV_SERVER = process.env.RUNWELL_BASE_URL ?? "http://127.0.0.1:8080";

/** Writes .gz and .br beside every text asset, so that the server never compresses at request time. */
function precompress(): Plugin {
  return {
    name: "runwell-precompress",
    apply: "build",
    generateBundle(_options, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const source = Buffer.from(file.type === "chunk" ? file.code : file.source);
        this.emitFile({ type: "asset", fileName: `${name}.gz`, source: gzipSync(source, { level: 9 }) });
        this.emitFile({
          type: "asset",
          fileName: `${name}.br`,
          source: brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
        });
      }
    },
  };
}

export default defineConfig({
  base: "/",
  plugins: [react(), precompress()],
  build: {
    outDir: "../src/runwell/server/static",
    emptyOutDir: true,
    assetsDir: "assets",
    // The page's CSP allows no inline code and no data: scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: "es" },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/files", "/ready"].map((path) => [path, { target: DEV_SERVER, changeOrigin: true }]),
    ),
  },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"] },
});
