/** Keeps what the reader chose of media in the address, so that a link shows it to somebody else. */
import { createStore } from "zustand/vanilla";
import { type ComparedRun, type MediaMode, readMediaChoices, writeMediaChoices } from "../series/mediaAddress";
import { mediaSteps } from "./mediaSteps";
import { overlayChoices, touchedOverlays } from "./overlays";
import { changeView, viewStore } from "./view";

export interface Comparing {
  /** null: what suits the kind of media. */
  mode: MediaMode | null;
  compared: ComparedRun[];
}

export const comparing = createStore<Comparing>(() => ({ mode: null, compared: [] }));

/** A slider moves often; the address follows when it rests. */
const REST_MS = 250;

let written = "[]";
let timer: ReturnType<typeof setTimeout> | undefined;

/** Takes over what the address says. */
function take(list: string[]): void {
  written = JSON.stringify(list);
  const { all, sections, panels, overlays, mode, compared } = readMediaChoices(list);
  mediaSteps.setState({ all, sections, panels });
  touchedOverlays.clear();
  for (const key of Object.keys(overlays)) touchedOverlays.add(key);
  overlayChoices.setState(overlays);
  comparing.setState({ mode, compared });
}

function write(): void {
  const choices = overlayChoices.getState();
  const overlays = Object.fromEntries(
    [...touchedOverlays].flatMap((key) => (choices[key] ? [[key, choices[key]]] : [])),
  );
  const list = writeMediaChoices({ ...mediaSteps.getState(), overlays, ...comparing.getState() });
  written = JSON.stringify(list);
  if (written !== JSON.stringify(viewStore.getState().media)) changeView({ media: list });
}

function writeSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(write, REST_MS);
}

let follows = false;

/** Begins to follow, once for a page. */
export function followMedia(): void {
  if (follows) return;
  follows = true;
  if (viewStore.getState().media.length > 0) take(viewStore.getState().media);
  viewStore.subscribe(({ media }, before) => {
    // Back, Forward, another project: the address has something that wasn't written here.
    if (media !== before.media && JSON.stringify(media) !== written) {
      clearTimeout(timer);
      take(media);
    }
  });
  for (const store of [mediaSteps, overlayChoices, comparing]) store.subscribe(writeSoon);
}
