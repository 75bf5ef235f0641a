/** Menus, dialogs and switches on Base UI, in the house's look. */
import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { Menu as BaseMenu } from "@base-ui/react/menu";
import { Popover as BasePopover } from "@base-ui/react/popover";
import { Switch as BaseSwitch } from "@base-ui/react/switch";
import { type ReactElement, type ReactNode, useState } from "react";
import { t } from "../../texts";
import { IconButton } from "./Controls";
import dialogs from "./dialog.module.css";
import { Icon } from "./Icon";
import styles from "./parts.module.css";
import switches from "./switch.module.css";

/** Element that menus are put into. */
export const MENUS_ID = "menus";

export function Menu({
  trigger,
  children,
  align = "start",
}: {
  trigger: ReactElement<Record<string, unknown>>;
  children: ReactNode;
  align?: "start" | "end";
}) {
  const [place, setPlace] = useState<HTMLElement | null>(null);
  return (
    <BaseMenu.Root modal={false} onOpenChange={(open) => open && setPlace(document.getElementById(MENUS_ID))}>
      <BaseMenu.Trigger render={trigger} />
      {/* Inside the bar, a landmark: a menu at the end of the document would belong to no part of the page. */}
      <BaseMenu.Portal container={place}>
        <BaseMenu.Positioner align={align} sideOffset={4} style={{ zIndex: 20 }}>
          <BaseMenu.Popup className={styles.menu}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

export function MenuItem({
  onSelect,
  checked,
  danger,
  tail,
  children,
  keepOpen,
}: {
  onSelect: () => void;
  /** Shows a tick; undefined for an item that has none. */
  checked?: boolean;
  danger?: boolean;
  tail?: ReactNode;
  children: ReactNode;
  keepOpen?: boolean;
}) {
  return (
    <BaseMenu.Item
      className={styles.item}
      onClick={onSelect}
      data-danger={danger || undefined}
      closeOnClick={!keepOpen}
      aria-current={checked || undefined}
    >
      {checked !== undefined && <span className={styles.itemMark}>{checked && <Icon name="check" size={14} />}</span>}
      {children}
      {tail && <span className={styles.tail}>{tail}</span>}
    </BaseMenu.Item>
  );
}

export function MenuTitle({ children }: { children: ReactNode }) {
  return <div className={styles.menuTitle}>{children}</div>;
}

export function MenuRule() {
  return <div className={styles.rule} />;
}

export function Popover({
  trigger,
  children,
  align = "start",
  width,
  label,
  open,
  onOpenChange,
}: {
  trigger: ReactElement<Record<string, unknown>>;
  children: ReactNode;
  align?: "start" | "end";
  width?: number;
  label: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}) {
  return (
    <BasePopover.Root open={open} onOpenChange={onOpenChange}>
      <BasePopover.Trigger render={trigger} />
      <BasePopover.Portal>
        <BasePopover.Positioner align={align} sideOffset={4} style={{ zIndex: 20 }}>
          <BasePopover.Popup className={styles.menu} style={{ width }} aria-label={label}>
            {children}
          </BasePopover.Popup>
        </BasePopover.Positioner>
      </BasePopover.Portal>
    </BasePopover.Root>
  );
}

export function Dialog({
  open,
  onClose,
  title,
  children,
  foot,
  wide,
  finalFocus,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  foot?: ReactNode;
  wide?: boolean;
  /** Whether the focus goes back to where it came from, asked when it closes. */
  finalFocus?: () => boolean;
}) {
  return (
    <BaseDialog.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={dialogs.backdrop} style={{ zIndex: 30 }} />
        <BaseDialog.Popup className={dialogs.dialog} finalFocus={finalFocus} data-wide={wide} style={{ zIndex: 31 }}>
          <div className={dialogs.dialogHead}>
            <BaseDialog.Title>{title}</BaseDialog.Title>
            <BaseDialog.Close render={<IconButton icon="close" label={t.actions.close} />} />
          </div>
          <div className={dialogs.dialogBody}>{children}</div>
          {foot && <div className={dialogs.dialogFoot}>{foot}</div>}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

export function Switch({
  on,
  onChange,
  label,
  labelledBy,
}: {
  on: boolean;
  onChange: (on: boolean) => void;
  label?: string;
  labelledBy?: string;
}) {
  return (
    <BaseSwitch.Root
      className={switches.switch}
      checked={on}
      onCheckedChange={onChange}
      aria-label={label}
      aria-labelledby={labelledBy}
    >
      <BaseSwitch.Thumb className={switches.thumb} />
    </BaseSwitch.Root>
  );
}
