/** Icons of 16 px, drawn with one stroke; they stand beside words or carry a label. */
import type { ReactNode } from "react";

const PATHS: Record<string, ReactNode> = {
  search: <path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14" />,
  eye: (
    <>
      <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z" />
      <circle cx="8" cy="8" r="1.9" />
    </>
  ),
  eyeClosed: <path d="M1.5 7c1.6 2.2 3.8 3.4 6.5 3.4S12.9 9.2 14.5 7M3.6 9.2 2.5 11M8 10.4v2.1M12.4 9.2l1.1 1.8" />,
  chevronDown: <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />,
  chevronRight: <path d="m6.5 4.5 3.5 3.5-3.5 3.5" />,
  chevronLeft: <path d="M9.5 4.5 6 8l3.5 3.5" />,
  chevronUp: <path d="M4.5 9.5 8 6l3.5 3.5" />,
  close: <path d="m4 4 8 8m0-8-8 8" />,
  expand: <path d="M9.5 2.5h4v4m0-4-4.5 4.5M6.5 13.5h-4v-4m0 4L7 9" />,
  axis: <path d="M3 2.5V13h10.5M11 10.5l2.5 2.5-2.5 2.5" />,
  fit: <path d="M2.5 5.5v-3h3m5 0h3v3m0 5v3h-3m-5 0h-3v-3M5.5 8h5" />,
  contrast: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11Z" fill="currentColor" stroke="none" />
    </>
  ),
  copy: <path d="M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8Z" />,
  check: <path d="m3 8.5 3.2 3.2L13 4.8" />,
  help: <path d="M5.8 6.2a2.2 2.2 0 1 1 3.4 1.8c-.8.5-1.2.9-1.2 1.7m0 2.2v.1" />,
  minus: <path d="M3 8h10" />,
  plus: <path d="M8 3v10M3 8h10" />,
  pencil: <path d="m3 13 .6-2.7L11 2.9l2.1 2.1-7.4 7.4L3 13Z" />,
  arrowLeft: <path d="M13 8H3.5m4-4-4 4 4 4" />,
  download: <path d="M8 2.5v7.5m-3.2-3L8 10.2 11.2 7M2.8 13.5h10.4" />,
  more: (
    <g fill="currentColor" stroke="none">
      <circle cx="3.5" cy="8" r="1.1" />
      <circle cx="8" cy="8" r="1.1" />
      <circle cx="12.5" cy="8" r="1.1" />
    </g>
  ),
  undo: <path d="M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M3 6.5 6 3.5m-3 3 3 3" />,
  pin: <path d="M6 2.5h4l-.6 4.2 2.1 2.1v1.2h-7V8.8l2.1-2.1L6 2.5Zm2 7.5v3.5" />,
  sortDown: <path d="M8 3v10m-3.5-3.5L8 13l3.5-3.5" />,
  sortUp: <path d="M8 13V3M4.5 6.5 8 3l3.5 3.5" />,
  redo: <path d="m10.5 3 2.7 2.7-2.7 2.7M13 5.7H6.8a4 4 0 0 0 0 8H10" />,
  sidebar: <path d="M2.5 3h11v10h-11ZM6.5 3v10" />,
  file: <path d="M4 2.5h5l3 3v8H4Zm5 0v3h3" />,
  gear: (
    <>
      <circle cx="8" cy="8" r="2" />
      <path d="M8 2v1.8M8 12.2V14M2 8h1.8M12.2 8H14M3.8 3.8 5 5m6 6 1.2 1.2m0-8.4L11 5M5 11l-1.2 1.2" />
    </>
  ),
  link: (
    <path d="M6.8 9.2a2.5 2.5 0 0 0 3.6 0l2.2-2.2a2.5 2.5 0 0 0-3.6-3.6l-.7.7M9.2 6.8a2.5 2.5 0 0 0-3.6 0L3.4 9a2.5 2.5 0 0 0 3.6 3.6l.7-.7" />
  ),
};

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: string; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.3}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ flex: "none" }}
    >
      {PATHS[name]}
    </svg>
  );
}

/** The product's mark. */
export function Mark() {
  return (
    <svg width={16} height={16} viewBox="0 0 16 16" aria-hidden="true" style={{ flex: "none" }}>
      <rect x="1" y="1" width="14" height="14" rx="3" fill="currentColor" />
      <path
        d="M4 11V5m0 5 2.6-3 2 1.7L12 5"
        fill="none"
        stroke="var(--bg)"
        strokeWidth={1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
