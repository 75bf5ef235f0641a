/** Chooses one of the values of a list, by number. */

export function Pager({
  labels,
  shown,
  onChange,
}: {
  labels: string[];
  shown: number;
  onChange: (shown: number) => void;
}) {
  if (labels.length < 2) return null;
  return labels.map((label, i) => (
    <button
      // biome-ignore lint/suspicious/noArrayIndexKey: a value is its place in the list.
      key={i}
      type="button"
      aria-pressed={i === shown}
      aria-label={label}
      title={label}
      onClick={() => onChange(i)}
    >
      {i + 1}
    </button>
  ));
}
