/**
 * Holds the browser's one live stream and shares it between tabs.
 *
 * A browser opens about six connections an origin over HTTP/1.1: a stream a tab would freeze the seventh tab.
 */
const ports = new Set<MessagePort>();
let source: EventSource | null = null;
let retrying = false;

function tell(message: unknown): void {
  for (const port of ports) port.postMessage(message);
}

function open(): void {
  if (source) return;
  source = new EventSource("/api/live");
  source.onopen = () => tell({ event: "connected" });
  source.onerror = () => {
    tell({ event: "disconnected" });
    // The browser reconnects by itself unless the answer was an error: then it gives up, and this doesn't.
    if (source?.readyState === EventSource.CLOSED) {
      source = null;
      if (retrying) return;
      retrying = true;
      setTimeout(() => {
        retrying = false;
        if (ports.size > 0) open();
      }, 3000);
    }
  };
  for (const event of ["run", "project", "resync"]) {
    source.addEventListener(event, (message) => {
      const data = (message as MessageEvent<string>).data;
      tell({ ...(data ? JSON.parse(data) : {}), event });
    });
  }
}

self.addEventListener("connect", (event) => {
  const port = (event as MessageEvent).ports[0]!;
  ports.add(port);
  port.onmessage = (message) => {
    if (message.data === "bye") ports.delete(port);
    if (ports.size === 0 && source) {
      source.close();
      source = null;
    }
  };
  if (source?.readyState === EventSource.OPEN) port.postMessage({ event: "connected" });
  open();
});

export {};
