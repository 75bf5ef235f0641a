export function RunsTable(_props: { place?: unknown; onClose?: () => void }) {
  return null;
}
