// biome-ignore-all lint/suspicious/noControlCharactersInRegex: escape sequences are what this reads.
/** Reads ANSI colour codes in a log line into pieces of text with a style; other control codes are dropped. */

export interface Piece {
  text: string;
  /** A name of the tokens (`red`, `green`, …) or null. */
  colour: string | null;
  bold: boolean;
  dim: boolean;
}

const COLOURS = [null, "red", "green", "yellow", "blue", "magenta", "cyan", null];
const SEQUENCE =
  /\u001b\[([0-9;:]*)([A-Za-z])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-_]|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Splits a line into styled pieces. */
export function readAnsi(line: string): Piece[] {
  const pieces: Piece[] = [];
  let style = { colour: null as string | null, bold: false, dim: false };
  let at = 0;
  const push = (text: string) => {
    if (text) pieces.push({ text, ...style });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    push(line.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[2] === "m") style = restyle(style, match[1] ?? "");
  }
  push(line.slice(at));
  return pieces;
}

function restyle(style: Omit<Piece, "text">, codes: string): Omit<Piece, "text"> {
  let { colour, bold, dim } = style;
  const numbers = codes.split(/[;:]/).map(Number);
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i]!;
    if (code === 0) [colour, bold, dim] = [null, false, false];
    else if (code === 1) bold = true;
    else if (code === 2) dim = true;
    else if (code === 22) [bold, dim] = [false, false];
    else if (code === 39) colour = null;
    else if (code >= 30 && code <= 37) colour = COLOURS[code - 30]!;
    else if (code === 90) colour = "gray";
    else if (code >= 91 && code <= 97) colour = COLOURS[code - 90]!;
    else if (code === 38 || code === 48) {
      // 256 colours and true colour: the nearest we show for the first sixteen, none for the rest.
      if (numbers[i + 1] === 5) {
        const index = numbers[i + 2] ?? 0;
        if (code === 38) colour = index === 8 ? "gray" : index < 16 ? COLOURS[index % 8]! : null;
        i += 2;
      } else if (numbers[i + 1] === 2) i += 4;
    }
  }
  return { colour, bold, dim };
}

/** Gives a line's text without any escape sequence. */
export function stripAnsi(line: string): string {
  return line.replace(SEQUENCE, "");
}
