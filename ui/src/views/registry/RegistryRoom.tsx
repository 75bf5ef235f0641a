/** The registry's pages, by their address. */
import { useParams } from "wouter";
import { CollectionPage } from "./CollectionPage";
import { RegistryList } from "./RegistryList";
import { RegistryPage } from "./RegistryPage";

export function RegistryRoom() {
  const { registry, collection } = useParams();
  if (!registry) return <RegistryList />;
  if (!collection) return <RegistryPage key={registry} name={registry} />;
  return <CollectionPage key={`${registry}/${collection}`} registry={registry} name={collection} />;
}
