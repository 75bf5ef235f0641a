export function Palette(_props: { place?: unknown; onClose?: () => void }) {
  return null;
}
