/** Reads the colours of the tokens, so that the canvas wears the same theme as the page. */

/** The palette, colours of the reader's own, those of a value (`ramp.css`). */
const MAX_HUES = 68;

export interface Ink {
  grid: string;
  axis: string;
  label: string;
  panel: string;
  text: string;
  muted: string;
  err: string;
  font: string;
  /** Colours of the hues; index 0 is hue 1. The palette has 20, behind them are the reader's own. */
  runs: string[];
  band: number;
  bandHighlighted: number;
  dim: number;
}

/** Reads the ink from an element's computed style. */
export function readInk(element: Element): Ink {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    grid: token("--grid"),
    axis: token("--axis"),
    label: token("--faint"),
    panel: token("--panel"),
    text: token("--text"),
    muted: token("--muted"),
    err: token("--err"),
    font: `11px ${token("--font")}`,
    runs: Array.from({ length: MAX_HUES }, (_, i) => token(`--run-${i + 1}`)),
    band: Number(token("--band")) || 0.07,
    bandHighlighted: Number(token("--band-hi")) || 0.2,
    dim: Number(token("--dim")) || 0.62,
  };
}
