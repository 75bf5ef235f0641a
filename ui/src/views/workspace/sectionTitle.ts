/** What a section is called. */
import { MEDIA, PINNED, type Section, sectionIdOf } from "../../series/layout";
import { t } from "../../texts";

export function sectionTitle({ id, name }: Pick<Section, "id" | "name">): string {
  if (id === sectionIdOf(MEDIA) && name === MEDIA) return t.arrange.kinds.media;
  return name || (id === PINNED ? t.arrange.pinned : t.panels.main);
}
