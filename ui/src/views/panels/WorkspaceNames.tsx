/** Legends and tooltips of all charts that say nothing else. */
import { changeView, LEGENDS, TIPS } from "../../state/view";
import { t } from "../../texts";
import { useView } from "../parts/hooks";
import { Drawer } from "./Drawer";
import { ChoiceField } from "./fields";
import { NameFields } from "./NameFields";

export default function WorkspaceNames({ onClose }: { onClose: () => void }) {
  const legend = useView((view) => view.legend);
  const tip = useView((view) => view.tip);
  const legendText = useView((view) => view.legendText);
  const tipText = useView((view) => view.tipText);
  return (
    <Drawer title={t.legends.title} onClose={onClose}>
      <ChoiceField
        label={t.legends.place}
        value={legend}
        of={LEGENDS}
        texts={t.legends.places}
        onChange={(chosen) => changeView({ legend: chosen })}
      />
      <ChoiceField
        label={t.arrange.tip}
        value={tip}
        of={TIPS}
        texts={t.arrange.tips}
        onChange={(chosen) => changeView({ tip: chosen })}
      />
      <NameFields
        settings={{ legendText, tipText }}
        onChange={(changes) =>
          changeView(Object.fromEntries(Object.entries(changes).map(([name, text]) => [name, text ?? ""])))
        }
      />
    </Drawer>
  );
}
