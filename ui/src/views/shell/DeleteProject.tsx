/** Deleting a project: the one thing here that can't be undone, so it asks for the name. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { deleteProject, type Place, projectQuery } from "../../net/projects";
import { queryClient } from "../../state/live";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { Dialog } from "../parts/Menus";
import parts from "../parts/parts.module.css";

export function DeleteProject({ place, onClose }: { place: Place; onClose: () => void }) {
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState("");
  const runCount = useQuery(projectQuery(place)).data?.run_count ?? 0;
  const remove = async () => {
    try {
      await deleteProject(place);
      onClose();
      navigate("/");
      await queryClient.invalidateQueries();
      say(t.project.deleted(place.project));
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t.project.deleteSure(place.project, runCount)}
      foot={
        <>
          <Button onClick={onClose}>{t.actions.cancel}</Button>
          <Button look="danger" disabled={typed !== place.project} onClick={remove}>
            {t.project.deleteNow}
          </Button>
        </>
      }
    >
      <p style={{ marginBottom: 8 }}>{t.project.deleteMore}</p>
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
