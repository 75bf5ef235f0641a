export function RunPage(_props: { place?: unknown; onClose?: () => void }) {
  return null;
}
