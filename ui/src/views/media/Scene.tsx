/** Point clouds, their boxes and arrows, and meshes, drawn by the graphics card; turned, moved and zoomed by hand. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { mediaJsonQuery } from "../../net/mediaText";
import { size } from "../../series/format";
import { readCloud } from "../../series/points";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { useShade, useSize } from "../parts/hooks";
import type { MediaProps } from "./kinds";
import { Missing, Waiting } from "./Missing";
import { filesOf, type NamedFile } from "./mediaFiles";
import { Pager } from "./Pager";
import styles from "./scene.module.css";
import { cloudObject, meshObject, Stage, type Thing } from "./stage";

const MESHES = ["obj", "stl", "glb", "gltf"];
/** A larger file would keep the page busy for seconds. */
const MOST_BYTES = 64 * 1024 * 1024;

export default function Scene({ value, files, mediaKey }: MediaProps) {
  const objects = filesOf(value, files);
  const [shown, setShown] = useState(0);
  const index = Math.min(shown, objects.length - 1);
  const one = objects[index];
  if (!one) return <Missing>{t.mediaViews.none}</Missing>;
  return (
    <div className={styles.scene}>
      <Object3D key={one.path} {...one} name={one.caption ?? mediaKey} />
      {(one.caption || objects.length > 1) && (
        <div className={styles.foot}>
          <Pager labels={objects.map(({ caption }, i) => caption ?? String(i + 1))} shown={index} onChange={setShown} />
          <span>{one.caption}</span>
        </div>
      )}
    </div>
  );
}

function Object3D({ file, path, name }: NamedFile & { name: string }) {
  const suffix = /\.pts\.json$/i.test(path) ? "pts.json" : (path.split(".").at(-1) ?? "").toLowerCase();
  if (!file) return <Missing />;
  if (file.size_bytes > MOST_BYTES) {
    return <Missing>{t.mediaViews.tooLarge(size(file.size_bytes), size(MOST_BYTES))}</Missing>;
  }
  if (suffix === "pts.json") return <Cloud address={file.address} name={name} />;
  if (MESHES.includes(suffix)) return <Mesh address={file.address} suffix={suffix} name={name} />;
  return (
    <Missing>
      <a className={styles.link} href={`${file.address}&download=1`} download>
        {t.mediaViews.not3d(suffix)}
      </a>
    </Missing>
  );
}

function Cloud({ address, name }: { address: string; name: string }) {
  const answer = useQuery(mediaJsonQuery(address));
  const shade = useShade();
  const cloud = useMemo(() => (answer.data === undefined ? null : readCloud(answer.data)), [answer.data]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another shade has other colours.
  const thing = useMemo(() => cloud && cloudObject(cloud), [cloud, shade]);
  if (answer.error) return <Missing>{t.mediaViews.unreadable(answer.error.message)}</Missing>;
  if (answer.isPending) return <Waiting />;
  if (!cloud || !thing) return <Missing>{t.mediaViews.none}</Missing>;
  const drawn = cloud.positions.length / 3;
  const facts = [
    drawn < cloud.total ? t.mediaViews.pointsOf(drawn, cloud.total) : t.mediaViews.points(drawn),
    cloud.boxes.length > 0 && t.mediaViews.boxes(cloud.boxes.length),
    cloud.vectors.length > 0 && t.mediaViews.vectors(cloud.vectors.length),
  ];
  // A canvas whose drawing ended can't begin another.
  return <View key={shade} thing={thing} name={name} facts={facts.filter(Boolean).join(" · ")} />;
}

function Mesh({ address, suffix, name }: { address: string; suffix: string; name: string }) {
  const shade = useShade();
  const answer = useQuery({
    queryKey: ["media-mesh", address, shade],
    queryFn: async ({ signal }) => {
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error(response.statusText || String(response.status));
      return meshObject(suffix, await response.arrayBuffer());
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  if (answer.error) return <Missing>{t.mediaViews.unreadable(answer.error.message)}</Missing>;
  if (!answer.data) return <Waiting />;
  return <View key={shade} thing={answer.data} name={name} facts={t.mediaViews.faces(answer.data.faces)} />;
}

function View({ thing, name, facts }: { thing: Thing; name: string; facts: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage | null>(null);
  const [failed, setFailed] = useState(false);
  const shade = useShade();
  const { width, height } = useSize(box);
  useEffect(() => {
    try {
      stage.current = new Stage(canvas.current!, thing);
    } catch {
      setFailed(true);
    }
    return () => {
      stage.current?.end();
      stage.current = null;
    };
  }, [thing]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another shade has another ground, another thing another stage.
  useEffect(() => stage.current?.resize(width, height), [width, height, shade, thing]);
  return (
    <div ref={box} className={styles.view}>
      {failed ? (
        <Missing>{t.mediaViews.noWebgl}</Missing>
      ) : (
        <>
          <canvas ref={canvas} role="img" aria-label={`${name}. ${t.mediaViews.scene}`} title={t.mediaViews.scene} />
          <span className={styles.facts}>{facts}</span>
          <IconButton
            icon="fit"
            label={t.mediaViews.reset}
            className={styles.reset}
            onClick={() => stage.current?.reset()}
          />
        </>
      )}
    </div>
  );
}
