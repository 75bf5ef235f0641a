/** Menus and popovers that stand at any element: one for a whole table, instead of one in each of its cells. */
import { Menu as BaseMenu } from "@base-ui/react/menu";
import { Popover as BasePopover } from "@base-ui/react/popover";
import type { ReactNode } from "react";
import { MENUS_ID } from "../parts/Menus";
import parts from "../parts/parts.module.css";

export function AnchoredMenu({
  anchor,
  label,
  onClose,
  children,
}: {
  /** Where it stands; null closes it. */
  anchor: HTMLElement | null;
  label: string;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <BaseMenu.Root modal={false} open={anchor !== null} onOpenChange={(open) => !open && onClose()}>
      <BaseMenu.Portal container={document.getElementById(MENUS_ID)}>
        <BaseMenu.Positioner anchor={anchor} align="start" sideOffset={2} style={{ zIndex: 20 }}>
          <BaseMenu.Popup className={parts.menu} aria-label={label} finalFocus={{ current: anchor }}>
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

/** A popover that leaves the focus where it is: a list below the field that somebody types into. */
export function AnchoredList({
  anchor,
  label,
  width,
  children,
}: {
  anchor: HTMLElement | null;
  label: string;
  width?: number;
  children: ReactNode;
}) {
  return (
    <BasePopover.Root open={anchor !== null}>
      <BasePopover.Portal>
        <BasePopover.Positioner anchor={anchor} align="start" sideOffset={4} style={{ zIndex: 20 }}>
          <BasePopover.Popup
            className={parts.menu}
            style={{ width }}
            aria-label={label}
            initialFocus={false}
            finalFocus={false}
          >
            {children}
          </BasePopover.Popup>
        </BasePopover.Positioner>
      </BasePopover.Portal>
    </BasePopover.Root>
  );
}
