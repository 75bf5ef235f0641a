/** Live notices: told to whoever listens on this page, from one stream that all tabs share. */
import type { LiveNotice } from "./shapes";

type Listener = (notice: LiveNotice) => void;

const EVENTS = ["run", "project", "resync"] as const;
const listeners = new Set<Listener>();
let started = false;

function tell(notice: LiveNotice): void {
  for (const listener of listeners) listener(notice);
}

function start(): void {
  if (started) return;
  started = true;
  if (typeof SharedWorker !== "undefined") {
    try {
      const worker = new SharedWorker(new URL("./live.worker.ts", import.meta.url), {
        type: "module",
        name: "runwell-live",
      });
      worker.onerror = () => listenAlone();
      worker.port.onmessage = (message) => tell(message.data as LiveNotice);
      window.addEventListener("pagehide", () => worker.port.postMessage("bye"));
      // A page that comes back from the history cache has been forgotten by the worker.
      window.addEventListener("pageshow", (event) => {
        if (event.persisted) window.location.reload();
      });
      return;
    } catch {
      // No workers here (some embedded browsers): a stream of this tab's own does it.
    }
  }
  listenAlone();
}

function listenAlone(): void {
  const source = new EventSource("/api/live");
  source.onopen = () => tell({ event: "connected" });
  source.onerror = () => {
    tell({ event: "disconnected" });
    if (source.readyState === EventSource.CLOSED) setTimeout(listenAlone, 3000);
  };
  for (const event of EVENTS) {
    source.addEventListener(event, (message) => {
      tell({ ...(message.data ? JSON.parse(message.data) : {}), event });
    });
  }
}

/** Listens to notices; gives the function that stops it. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  start();
  return () => listeners.delete(listener);
}
