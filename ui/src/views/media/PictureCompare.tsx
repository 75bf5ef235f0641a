/** Two to four pictures against one another: side by side, one wiped over the other, or their difference. */
import { type ReactNode, useCallback, useId, useRef, useState } from "react";
import type { MediaFiles } from "../../net/media";
import type { Picture } from "../../series/pictures";
import { t } from "../../texts";
import { Button, IconButton } from "../parts/Controls";
import { Switch } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { Difference } from "./Difference";
import { PictureView } from "./PictureView";
import styles from "./pictureCompare.module.css";
import { KEY_FACTOR, scaled, WHOLE, type Zoom, Zoomed, ZoomStage } from "./ZoomStage";

export const COMPARE_MODES = ["side", "wipe", "difference"] as const;
export type CompareMode = (typeof COMPARE_MODES)[number];
export const MOST_COMPARED = 4;

export interface ComparedPicture {
  id: string;
  /** What it is called in labels. */
  name: string;
  /** Its head: what chooses it, or its name. */
  head: ReactNode;
  /** The key whose switches of overlays hold for it. */
  mediaKey: string;
  picture: Picture | null;
  files: MediaFiles;
}

const GAINS = [1, 4, 16];

export function PictureCompare({
  items,
  mode,
  onMode,
  before,
  after,
}: {
  items: ComparedPicture[];
  mode: CompareMode;
  /** Without it, what chooses the mode is elsewhere. */
  onMode?: (mode: CompareMode) => void;
  /** What stands in the bar before and after its own controls. */
  before?: ReactNode;
  after?: ReactNode;
}) {
  const [zoom, setZoom] = useState(WHOLE);
  const [own, setOwn] = useState<Record<string, Zoom>>({});
  const [locked, setLocked] = useState(true);
  const [gain, setGain] = useState(1);
  const [said, setSaid] = useState("");
  const lockId = useId();
  const isSide = mode === "side";
  const zoomOf = (id: string) => (locked || !isSide ? zoom : (own[id] ?? zoom));
  const zoomed = useCallback((change: (now: Zoom) => Zoom) => {
    setZoom(change);
    // The buttons move all, also those that went their own way.
    setOwn((now) => Object.fromEntries(Object.entries(now).map(([id, one]) => [id, change(one)])));
  }, []);
  const first = items[0];
  const second = items[1];
  const both = first?.picture && second?.picture ? [first, second] : null;
  const address = (one: ComparedPicture) => one.picture && one.files[one.picture.path]?.address;
  return (
    <div className={styles.whole}>
      <div className={styles.bar}>
        {before}
        {onMode && (
          <span className={parts.segmented} role="group" aria-label={t.pictureCompare.as}>
            {COMPARE_MODES.map((one) => (
              <button key={one} type="button" aria-pressed={one === mode} onClick={() => onMode(one)}>
                {t.pictureCompare.modes[one]}
              </button>
            ))}
          </span>
        )}
        {mode === "difference" && (
          <span className={parts.segmented} role="group" aria-label={t.pictureCompare.gain}>
            {GAINS.map((one) => (
              <button key={one} type="button" aria-pressed={one === gain} onClick={() => setGain(one)}>
                {t.pictureCompare.times(one)}
              </button>
            ))}
          </span>
        )}
        <span className={styles.tail}>
          {after}
          {isSide && items.length > 1 && (
            <span className={styles.lock}>
              <span id={lockId}>{t.pictureCompare.locked}</span>
              <Switch
                on={locked}
                labelledBy={lockId}
                onChange={(on) => {
                  setLocked(on);
                  setOwn({});
                }}
              />
            </span>
          )}
          <IconButton
            icon="minus"
            label={t.mediaPanels.smaller}
            onClick={() => zoomed((now) => scaled(now, 1 / KEY_FACTOR))}
          />
          <Button look="quiet" onClick={() => zoomed(() => WHOLE)} title={t.mediaPanels.whole}>
            {Math.round(zoom.scale * 100)}
            {"\u2009"}%
          </Button>
          <IconButton
            icon="plus"
            label={t.mediaPanels.larger}
            onClick={() => zoomed((now) => scaled(now, KEY_FACTOR))}
          />
        </span>
      </div>
      {isSide ? (
        <div className={styles.side} style={{ "--across": Math.max(items.length, 1) } as React.CSSProperties}>
          {items.map((one) => (
            <figure key={one.id} className={styles.one} data-compared={one.id}>
              <header className={styles.head}>{one.head}</header>
              <ZoomStage
                label={t.pictureCompare.stage(one.name)}
                zoom={zoomOf(one.id)}
                onZoom={
                  locked ? setZoom : (change) => setOwn((now) => ({ ...now, [one.id]: change(now[one.id] ?? zoom) }))
                }
              >
                <Zoomed zoom={zoomOf(one.id)}>
                  <Shown one={one} />
                </Zoomed>
              </ZoomStage>
              <figcaption className={styles.caption}>{one.picture?.caption}</figcaption>
            </figure>
          ))}
        </div>
      ) : (
        <div className={styles.overlaid}>
          <header className={styles.heads}>
            <span className={styles.head}>{first?.head}</span>
            {mode === "difference" && (
              <span className={styles.said} role="status">
                {said}
              </span>
            )}
            <span className={styles.head}>{second?.head}</span>
          </header>
          {!both ? (
            <p className={styles.missing}>{items.length < 2 ? t.pictureCompare.needsTwo : t.pictureCompare.notHere}</p>
          ) : mode === "wipe" ? (
            <Wipe first={first!} second={second!} zoom={zoom} onZoom={setZoom} />
          ) : (
            <ZoomStage label={t.pictureCompare.stage(t.pictureCompare.modes.difference)} zoom={zoom} onZoom={setZoom}>
              <Zoomed zoom={zoom}>
                {address(first!) && address(second!) ? (
                  <Difference
                    before={address(first!)!}
                    after={address(second!)!}
                    gain={gain}
                    label={`${t.pictureCompare.modes.difference}: ${first!.name}, ${second!.name}`}
                    onSaid={setSaid}
                  />
                ) : (
                  <p className={styles.missing}>{t.mediaPanels.missing}</p>
                )}
              </Zoomed>
            </ZoomStage>
          )}
        </div>
      )}
    </div>
  );
}

function Shown({ one }: { one: ComparedPicture }) {
  if (!one.picture) return <p className={styles.missing}>{t.pictureCompare.notHere}</p>;
  return (
    <PictureView
      mediaKey={one.mediaKey}
      picture={one.picture}
      files={one.files}
      alt={one.picture.caption ? `${one.picture.caption}, ${one.name}` : one.name}
    />
  );
}

/** How far keys move the divider, in percent. */
const WIPE_KEYS: Record<string, (now: number) => number> = {
  ArrowLeft: (now) => now - 2,
  ArrowRight: (now) => now + 2,
  PageDown: (now) => now - 10,
  PageUp: (now) => now + 10,
  Home: () => 0,
  End: () => 100,
};

function Wipe({
  first,
  second,
  zoom,
  onZoom,
}: {
  first: ComparedPicture;
  second: ComparedPicture;
  zoom: Zoom;
  onZoom: (change: (now: Zoom) => Zoom) => void;
}) {
  const [at, setAt] = useState(50);
  const box = useRef<HTMLDivElement>(null);
  const held = useRef(false);
  const move = (to: number) => setAt(Math.min(Math.max(to, 0), 100));
  return (
    <div ref={box} className={styles.wipe} style={{ "--at": `${at}%` } as React.CSSProperties}>
      <ZoomStage
        label={t.pictureCompare.stage(`${first.name}, ${second.name}`)}
        zoom={zoom}
        onZoom={onZoom}
        className={styles.wipeStage}
      >
        <div className={styles.layer}>
          <Zoomed zoom={zoom}>
            <Shown one={first} />
          </Zoomed>
        </div>
        <div className={styles.layer} data-over>
          <Zoomed zoom={zoom}>
            <Shown one={second} />
          </Zoomed>
        </div>
      </ZoomStage>
      <div
        className={styles.divider}
        role="slider"
        tabIndex={0}
        aria-label={t.pictureCompare.divider}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(at)}
        onPointerDown={(event) => {
          held.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (!held.current || !box.current) return;
          const { left, width } = box.current.getBoundingClientRect();
          move(((event.clientX - left) / width) * 100);
        }}
        onPointerUp={() => {
          held.current = false;
        }}
        onKeyDown={(event) => {
          const by = WIPE_KEYS[event.key];
          if (!by) return;
          move(by(at));
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <i />
      </div>
    </div>
  );
}
