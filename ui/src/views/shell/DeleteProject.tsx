/** Deleting a project: it takes much with it, for everybody, so it asks for the name. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { type Place, projectQuery } from "../../net/projects";
import { bringProjectBack, removeProject } from "../../state/projectEdits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { Dialog } from "../parts/Menus";
import parts from "../parts/parts.module.css";

export function DeleteProject({ place, onClose }: { place: Place; onClose: () => void }) {
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState("");
  const project = useQuery(projectQuery(place)).data;
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  const remove = () =>
    attempt(async () => {
      onClose();
      navigate("/"); // before it goes: its pages would ask for what isn't there any more
      await removeProject(place);
      const undo = () => void attempt(() => bringProjectBack(place));
      say(t.project.deleted(place.project), { action: { label: t.actions.undo, run: undo } });
    });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t.project.deleteTitle(place.project)}
      foot={
        <>
          <Button onClick={onClose}>{t.actions.cancel}</Button>
          <Button look="danger" disabled={!project || typed !== place.project} onClick={remove}>
            {t.project.deleteNow}
          </Button>
        </>
      }
    >
      {project && <p>{t.project.deleteWhat(project.run_count, project.artifacts.versions)}</p>}
      <p style={{ margin: "8px 0" }}>{t.project.deleteMore}</p>
      <p style={{ marginBottom: 8 }}>{t.project.deleteType}</p>
      <div className={parts.input} style={{ height: 32 }}>
        <input
          aria-label={place.project}
          placeholder={place.project}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
    </Dialog>
  );
}
