/** Makes a registry. */
import { useState } from "react";
import { useLocation } from "wouter";
import { typedNames } from "../../series/aliases";
import { createRegistry } from "../../state/registryEdits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { registryAt } from "../addresses";
import { Field } from "../parts/Field";
import { FormDialog } from "../parts/FormDialog";

export function NewRegistry({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [types, setTypes] = useState("");
  const make = async () => {
    const made = await createRegistry({ name: name.trim(), description: description.trim(), types: typedNames(types) });
    say(t.registry.created(made.name));
    navigate(registryAt(made.name));
  };
  return (
    <FormDialog
      title={t.registry.createTitle}
      action={t.registry.create}
      ready={name.trim() !== ""}
      onClose={onClose}
      onSubmit={make}
    >
      <p>{t.registry.createText}</p>
      <Field label={t.registry.name} hint={t.registry.nameHint} value={name} onChange={setName} first />
      <Field label={t.registry.description} value={description} onChange={setDescription} />
      <Field label={t.registry.types} hint={t.registry.typesHint} value={types} onChange={setTypes} />
    </FormDialog>
  );
}
