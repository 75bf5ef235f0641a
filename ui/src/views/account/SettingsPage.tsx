export function SettingsPage(_props: { place?: unknown; onClose?: () => void }) {
  return null;
}
