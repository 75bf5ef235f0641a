/** Draws a Vega or Vega-Lite specification in the page's colours. It evaluates no code and loads nothing. */
import { useEffect, useRef, useState } from "react";
import embed, { type Result, vega } from "vega-embed";
import { t } from "../../texts";
import { useShade } from "../parts/hooks";
import styles from "./charts.module.css";
import { Missing } from "./Missing";

const refuse = () => Promise.reject(new Error(t.charts.noLoading));
const loader = {
  load: refuse,
  http: refuse,
  file: refuse,
  // Images inside a specification may be drawn, addresses may not be called.
  sanitize: (address: string) => (address.startsWith("data:image/") ? Promise.resolve({ href: address }) : refuse()),
};

const RUN_COLOURS = 20;
/** Title, axis and heading around a colour scale. */
const LEGEND_ROOM_PX = 110;

/** Colours and letters of the page, as Vega names them. */
function themeConfig() {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const text = token("--text");
  const axis = {
    domainColor: token("--axis"),
    tickColor: token("--axis"),
    gridColor: token("--grid"),
    labelColor: token("--faint"),
    titleColor: token("--muted"),
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 500,
  };
  const marks = Array.from({ length: RUN_COLOURS }, (_, i) => token(`--run-${i + 1}`));
  return {
    background: "transparent",
    font: token("--font"),
    padding: 4,
    mark: { color: marks[0] },
    text: { color: text },
    rule: { color: token("--muted") },
    view: { stroke: "transparent" },
    axis,
    header: { labelColor: token("--muted"), titleColor: text },
    legend: {
      labelColor: token("--muted"),
      titleColor: token("--muted"),
      labelFontSize: 11,
      titleFontSize: 11,
      titleFontWeight: 500,
      gradientLength: 200,
    },
    title: { color: text, fontSize: 13, fontWeight: 600, subtitleColor: token("--muted"), anchor: "start", offset: 8 },
    range: { category: marks },
  };
}

export default function VegaView({
  spec,
  label,
  colour,
  onDrawn,
}: {
  /** Complete: sized, and with its rows. */
  spec: { [key: string]: unknown };
  label: string;
  /** Of marks that the specification gives no colour. */
  colour?: string;
  onDrawn?: (view: Result["view"] | null) => void;
}) {
  const shade = useShade();
  const place = useRef<HTMLDivElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const told = useRef(onDrawn);
  told.current = onDrawn;

  useEffect(() => {
    let result: Result | null = null;
    let over = false;
    const element = place.current!;
    // Drawn aside and swapped in when it is ready: a slider's charts don't blink.
    const fresh = document.createElement("div");
    const fail = (error: unknown) => {
      if (!over) setProblem(sentence(error));
    };
    const logger = vega.logger(vega.Error);
    logger.error = (...args: readonly unknown[]) => {
      fail(args[0]);
      return logger;
    };
    const config = themeConfig();
    if (colour) config.mark.color = colour;
    // A colour scale of a fixed length would reach out of a low panel.
    if (typeof spec.height === "number") {
      config.legend.gradientLength = Math.max(48, Math.min(200, spec.height - LEGEND_ROOM_PX));
    }
    const options = {
      ast: true,
      actions: false,
      renderer: "canvas" as const,
      loader: loader as never,
      config: config as never,
      tooltip: { theme: shade },
      logger: logger as never,
    };
    setProblem(null);
    embed(fresh, spec as never, options).then(
      (made) => {
        if (over) return made.finalize();
        result = made;
        element.replaceChildren(fresh);
        told.current?.(made.view);
      },
      (error) => {
        element.replaceChildren();
        fail(error);
      },
    );
    return () => {
      over = true;
      told.current?.(null);
      result?.finalize();
    };
  }, [spec, shade, colour]);

  return (
    <>
      <div
        ref={place}
        className={styles.vega}
        role="img"
        aria-label={t.charts.label(label)}
        hidden={problem !== null}
      />
      {problem !== null && <Missing>{t.charts.failed(problem)}</Missing>}
    </>
  );
}

/** The first sentence of an error, without the parts of the specification that it repeats. */
function sentence(error: unknown): string {
  // What Vega's compiler stumbles over inside says nothing about the specification.
  if (error instanceof TypeError) return t.charts.malformed;
  const text = error instanceof Error ? error.message : String(error);
  const [first = ""] = text.split("\n");
  return first.length > 200 ? `${first.slice(0, 200)}…` : first;
}
