/** The graph of a model as a list: its layers with what they give and how many parameters they hold. */
import { useQuery } from "@tanstack/react-query";
import { mediaJsonQuery } from "../../net/mediaText";
import { count } from "../../series/format";
import { readLayers } from "../../series/modelGraph";
import { t } from "../../texts";
import type { MediaProps } from "./kinds";
import styles from "./listing.module.css";
import { Missing, Waiting } from "./Missing";
import { filesOf } from "./mediaFiles";

/** Layers written into the page. */
const MOST_LAYERS = 2000;

export default function Layers({ value, files }: MediaProps) {
  const [one] = filesOf(value, files);
  return one?.file ? <Listed address={one.file.address} /> : <Missing />;
}

function Listed({ address }: { address: string }) {
  const answer = useQuery(mediaJsonQuery(address));
  if (answer.error) return <Missing>{t.mediaViews.unreadable(answer.error.message)}</Missing>;
  if (answer.data === undefined) return <Waiting />;
  const layers = readLayers(answer.data) ?? [];
  if (layers.length === 0) return <Missing>{t.mediaViews.none}</Missing>;
  const parameters = layers.reduce((sum, layer) => sum + layer.count, 0);
  return (
    <div className={styles.whole}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys. */}
      <div className={styles.scroller} role="group" aria-label={t.mediaViews.layer} tabIndex={0}>
        <table className={styles.layers}>
          <thead>
            <tr>
              <th scope="col">{t.mediaViews.layer}</th>
              <th scope="col">{t.mediaViews.layerType}</th>
              <th scope="col">{t.mediaViews.outputShape}</th>
              <th scope="col">{t.mediaViews.parameterCount}</th>
            </tr>
          </thead>
          <tbody>
            {layers.slice(0, MOST_LAYERS).map((layer, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its place in the model.
              <tr key={i}>
                <th scope="row">{layer.name}</th>
                <td>{layer.type}</td>
                <td>{layer.outputShape}</td>
                <td title={layer.parameters.join("\n")}>{layer.count > 0 ? count(layer.count) : ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.foot}>
        {t.mediaViews.layers(layers.length)} · {t.mediaViews.parameters(parameters)}
      </p>
    </div>
  );
}
