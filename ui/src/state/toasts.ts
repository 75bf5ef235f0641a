/** Short messages at the foot of the page: what just happened, with Undo where it can be undone. */
import { createStore } from "zustand/vanilla";

export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "error";
  action?: { label: string; run(): void };
}

const SHOWN_MS = 8000;
let lastId = 0;

export const toastStore = createStore<{ toasts: Toast[] }>(() => ({ toasts: [] }));

export function dropToast(id: number): void {
  toastStore.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

/** Shows a message for some seconds; an error stays until it is closed. */
export function say(text: string, options: { tone?: Toast["tone"]; action?: Toast["action"] } = {}): void {
  const id = ++lastId;
  const tone = options.tone ?? "plain";
  toastStore.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), { id, text, tone, action: options.action }] }));
  if (tone !== "error") setTimeout(() => dropToast(id), SHOWN_MS);
}
