/** Draws histograms over time: a column a step, a row a part of the range of values, the darker the more of them. */

export interface HeatColumn {
  /** Where it begins and ends, in parts of the width. */
  from: number;
  to: number;
  /** Shares by row, lowest value first. */
  shares: Float64Array;
}

/**
 * Draws the map into a canvas whose size is in device pixels.
 *
 * @param colour of what is dense, as `#rrggbb`; what is empty stays clear.
 */
export function drawHeatMap(canvas: HTMLCanvasElement, columns: readonly HeatColumn[], colour: string): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour;
  for (const { from, to, shares } of columns) {
    // Rounded alike at both sides: columns neither overlap nor leave a gap.
    const left = Math.round(from * width);
    const wide = Math.max(Math.round(to * width) - left, 1);
    // Every column reaches its full strength at its fullest row: the shape of a narrow and of a wide one can be seen.
    let most = 0;
    for (const share of shares) most = Math.max(most, share);
    if (most <= 0) continue;
    for (let row = 0; row < shares.length; row++) {
      const share = shares[row]!;
      if (share <= 0) continue;
      context.globalAlpha = 0.06 + 0.94 * Math.sqrt(share / most);
      const top = Math.floor(height * (1 - (row + 1) / shares.length));
      const bottom = Math.floor(height * (1 - row / shares.length));
      context.fillRect(left, top, wide, Math.max(bottom - top, 1));
    }
  }
  context.globalAlpha = 1;
}

/** Draws one histogram as bars. */
export function drawBars(
  canvas: HTMLCanvasElement,
  bars: readonly { from: number; to: number; share: number }[],
  colour: string,
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour;
  const gap = bars.length * 3 < width ? 1 : 0;
  for (const { from, to, share } of bars) {
    if (share <= 0) continue;
    const left = Math.round(from * width);
    const right = Math.max(Math.round(to * width) - gap, left + 1);
    const tall = Math.max(Math.round(share * height), 1);
    context.fillRect(left, height - tall, right - left, tall);
  }
}
