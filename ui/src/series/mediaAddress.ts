/** What a reader chose of media, as a short list for the address: steps, switches of overlays, what is compared. Pure. */
import { ALL_OVERLAYS, type OverlayChoice } from "./pictures";

export const MEDIA_MODES = ["runs", "steps", "side", "wipe", "difference", "rows"] as const;
/** How the full-screen view shows a key: its runs, runs by steps, pictures compared, or tables row by row. */
export type MediaMode = (typeof MEDIA_MODES)[number];

/** One of the things compared: a run, at a step of its own or at the slider's. */
export interface ComparedRun {
  run: string;
  step: number | null;
}

export interface MediaChoices {
  all: number | null;
  sections: Record<string, number | null>;
  panels: Record<string, number | null>;
  /** By key, those that the reader touched. */
  overlays: Record<string, OverlayChoice>;
  mode: MediaMode | null;
  compared: ComparedRun[];
}

export const NO_CHOICES: MediaChoices = { all: null, sections: {}, panels: {}, overlays: {}, mode: null, compared: [] };

/** Characters of it at most: an address is read by people, and by programs that cut it. */
const MOST = 1500;

const stepText = (step: number | null) => (step === null ? "" : String(step));

/** Writes choices as (what, of what, value) after one another; what would be long is left out as a whole. */
export function writeMediaChoices(choices: MediaChoices): string[] {
  const out: string[] = [];
  if (choices.all !== null) out.push("step", "", String(choices.all));
  for (const [name, step] of Object.entries(choices.sections)) out.push("section", name, stepText(step));
  for (const [key, step] of Object.entries(choices.panels)) out.push("panel", key, stepText(step));
  for (const [key, choice] of Object.entries(choices.overlays)) {
    out.push("over", key, "");
    for (const group of choice.hiddenGroups) out.push("off", key, group);
    for (const id of choice.hiddenClasses) out.push("class", key, id);
    if (choice.leastScore !== ALL_OVERLAYS.leastScore) out.push("score", key, String(choice.leastScore));
    if (choice.opacity !== ALL_OVERLAYS.opacity) out.push("opacity", key, String(choice.opacity));
  }
  if (choices.mode !== null) out.push("mode", "", choices.mode);
  for (const { run, step } of choices.compared) out.push("with", run, stepText(step));
  return out.join(",").length <= MOST ? out : [];
}

/** Reads what was written; what makes no sense is passed over. */
export function readMediaChoices(list: readonly string[]): MediaChoices {
  const found: MediaChoices = { ...NO_CHOICES, sections: {}, panels: {}, overlays: {}, compared: [] };
  for (let i = 0; i + 2 < list.length; i += 3) {
    const [what, key, value] = [list[i]!, list[i + 1]!, list[i + 2]!];
    const step = value === "" ? null : Number(value);
    const isStep = step === null || Number.isSafeInteger(step);
    const over = () => {
      found.overlays[key] ??= { ...ALL_OVERLAYS, hiddenGroups: [], hiddenClasses: [] };
      return found.overlays[key];
    };
    const share = Number(value);
    if (what === "step" && isStep) found.all = step;
    else if (what === "section" && isStep) found.sections[key] = step;
    else if (what === "panel" && isStep) found.panels[key] = step;
    else if (what === "over") over();
    else if (what === "off") over().hiddenGroups.push(value);
    else if (what === "class") over().hiddenClasses.push(value);
    else if (what === "score" && share >= 0 && share <= 1) over().leastScore = share;
    else if (what === "opacity" && share >= 0 && share <= 1) over().opacity = share;
    else if (what === "mode") found.mode = MEDIA_MODES.find((one) => one === value) ?? null;
    else if (what === "with" && isStep) found.compared.push({ run: key, step });
  }
  return found;
}
