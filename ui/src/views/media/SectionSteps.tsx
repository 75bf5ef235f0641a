/** Moves all media panels of a section through their steps at once. */
import { useMemo } from "react";
import { useStore } from "zustand";
import { wordOfSection } from "../../series/layout";
import { joinSteps } from "../../series/steps";
import { knownSteps, mediaSteps, moveSection, stepOf } from "../../state/mediaSteps";
import { t } from "../../texts";
import styles from "./media.module.css";
import { StepSlider } from "./StepSlider";

const NONE: Record<string, readonly number[]> = {};

export default function SectionSteps({ section, title }: { section: string; title: string }) {
  const word = wordOfSection(section);
  const known = useStore(knownSteps, (sections) => sections[word] ?? NONE);
  const at = useStore(mediaSteps, (state) => stepOf(state, word));
  const steps = useMemo(() => joinSteps(Object.values(known)), [known]);
  const panels = Object.keys(known);
  if (panels.length < 2 || steps.length < 2) return null;
  return (
    <span className={styles.sectionSteps}>
      <StepSlider
        label={t.mediaPanels.stepsOfAll(title)}
        steps={steps}
        at={at}
        onMove={(step) => moveSection(word, panels, step)}
      />
    </span>
  );
}
