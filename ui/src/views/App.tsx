/** Addresses to pages, and who may see them. */
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { Component, lazy, type ReactNode, Suspense, useEffect, useMemo } from "react";
import { Redirect, Route, Switch, useLocation, useParams, useSearchParams } from "wouter";
import { useStore } from "zustand";
import { isKnown, serverQuery } from "../net/account";
import { whenUnauthenticated } from "../net/http";
import type { Place } from "../net/projects";
import { followLive, queryClient } from "../state/live";
import { adoptChoicesSoon } from "../state/preferences";
import { openWorkspace, stayInView, workspaceStore } from "../state/workspace";
import { t } from "../texts";
import { artifactsAt, overviewAt, registryAt, registryOf, tableAt, workspaceAt } from "./addresses";
import { Button, Empty } from "./parts/Controls";
import { sayDrawn, useKeys, useLater } from "./parts/hooks";
import { closeLayer, layerStore, openLayer } from "./shell/layers";
import { NotThere } from "./shell/NotThere";
import styles from "./shell/shell.module.css";
import { Toasts } from "./shell/Toasts";
import { type BarPage, type ProjectPage, TopBar } from "./shell/TopBar";
import { Workspace } from "./workspace/Workspace";

// What the first screen doesn't need comes when it is asked for.
const Authorize = lazy(() => import("./account/Authorize").then((room) => ({ default: room.Authorize })));
const Login = lazy(() => import("./account/Login").then((room) => ({ default: room.Login })));
const toTable = () => import("./table/RunsTable").then((room) => ({ default: room.RunsTable }));
const toRun = () => import("./run/RunPage").then((room) => ({ default: room.RunPage }));
const toArtifact = () => import("./artifacts/ArtifactPage").then((room) => ({ default: room.ArtifactPage }));
const RunsTable = lazy(toTable);
const RunPage = lazy(toRun);
// The page that the reader comes to is fetched beside its data, not after them.
if (/\/(table|runs)$/.test(window.location.pathname)) void toTable();
else if (/\/runs\/[^/]+/.test(window.location.pathname)) void toRun();
else if (/\/artifacts\/[^/]+\/[^/]+/.test(window.location.pathname)) void toArtifact();
const Home = lazy(() => import("./home/Home").then((room) => ({ default: room.Home })));
const ProjectOverview = lazy(() =>
  import("./overview/ProjectOverview").then((room) => ({ default: room.ProjectOverview })),
);
const ComparePage = lazy(() => import("./compare/ComparePage").then((room) => ({ default: room.ComparePage })));
const Collections = lazy(() => import("./artifacts/Collections").then((room) => ({ default: room.Collections })));
const ArtifactPage = lazy(toArtifact);
const RegistryRoom = lazy(() => import("./registry/RegistryRoom").then((room) => ({ default: room.RegistryRoom })));
const ProjectStorage = lazy(() =>
  import("./storage/ProjectStorage").then((room) => ({ default: room.ProjectStorage })),
);
const SettingsPage = lazy(() => import("./account/SettingsPage").then((room) => ({ default: room.SettingsPage })));
const Palette = lazy(() => import("./shell/Palette").then((room) => ({ default: room.Palette })));
const KeysHelp = lazy(() => import("./shell/KeysHelp").then((room) => ({ default: room.KeysHelp })));
const DeleteProject = lazy(() => import("./shell/DeleteProject").then((room) => ({ default: room.DeleteProject })));

whenUnauthenticated(() => void queryClient.fetchQuery({ ...serverQuery, staleTime: 0 }).catch(() => undefined));

/** Pages that open with a workspace: its answer says whether the reader may see it, so nobody is asked for first. */
const OPENED = /^\/(?!(settings|registry|orgs|authorize)\b)[^/]+\/[^/]+(\/(workspace|table|runs)(\/.*)?)?$/;

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Boundary>
        <Switch>
          <Route path="/login">
            <Suspense fallback={null}>
              <Login />
            </Suspense>
          </Route>
          <Route>
            <Inside />
          </Route>
        </Switch>
        <Toasts />
      </Boundary>
    </QueryClientProvider>
  );
}

/** Everything that needs somebody logged in. */
function Inside() {
  const [location] = useLocation();
  const later = useLater();
  const isOpened = OPENED.test(location) && isKnown();
  const server = useQuery({ ...serverQuery, enabled: later || !isOpened });
  const user = server.data?.user;
  useEffect(() => {
    if (!isOpened) sayDrawn();
  }, [isOpened]);
  // After the first chart: what is new is told then.
  const follows = later && (Boolean(user) || isOpened);
  useEffect(() => (follows ? followLive() : undefined), [follows]);
  useEffect(() => {
    window.addEventListener("pushState", stayInView);
    return () => window.removeEventListener("pushState", stayInView);
  }, []);
  useEffect(() => (user ? adoptChoicesSoon() : undefined), [user]);
  useKeys({
    "mod+k": (event) => {
      event.preventDefault();
      openLayer("palette");
    },
    "?": () => openLayer("keys"),
  });
  if (server.isPending && !isOpened) return null;
  // A page that is open says itself that the server is away, and goes on when it is back.
  if (server.isError && !server.data && !isOpened) {
    return (
      <Empty isPage title={t.errors.unreachable}>
        <Button onClick={() => void server.refetch()}>{t.actions.retry}</Button>
      </Empty>
    );
  }
  if (server.data && !user) {
    const here = location + window.location.search;
    return <Redirect to={here === "/" ? "/login" : `/login?next=${encodeURIComponent(here)}`} replace />;
  }
  return (
    <Switch>
      <Route path="/">
        <Page>
          <Home />
        </Page>
      </Route>
      <Route path="/authorize">
        <Page>
          <Authorize />
        </Page>
      </Route>
      <Route path="/settings/:section?">
        <Page>
          <SettingsPage />
        </Page>
      </Route>
      <Route path="/registry/:registry?/:collection?">
        <Page page="registry">
          <RegistryRoom />
        </Page>
      </Route>
      {/* What the official client prints of linked versions. */}
      <Route path="/orgs/:organization/registry/:registry">
        <PrintedRegistry />
      </Route>
      <Route path="/registry/:project/artifacts/:type/:name/*?">
        <LinkedVersion />
      </Route>
      <Route path="/:entity/registry/:registry">
        <PrintedRegistry />
      </Route>
      <Route path="/:entity/:project/overview">
        <OfProject page="overview">{(place) => <ProjectOverview place={place} />}</OfProject>
      </Route>
      <Route path="/:entity/:project/table">
        <OfProject page="table">{(place) => <RunsTable place={place} />}</OfProject>
      </Route>
      <Route path="/:entity/:project/runs">
        <OfProject page="table">{(place) => <RunsTable place={place} />}</OfProject>
      </Route>
      <Route path="/:entity/:project/runs/:run/:tab?">
        <OfProject page="run">{(place) => <RunPage place={place} />}</OfProject>
      </Route>
      <Route path="/:entity/:project/compare">
        <OfProject page="compare">{(place) => <ComparePage place={place} />}</OfProject>
      </Route>
      <Route path="/:entity/:project/storage">
        <OfProject page="artifacts">{(place) => <ProjectStorage place={place} />}</OfProject>
      </Route>
      <Route path="/:entity/:project/artifacts/:type?">
        <OfProject page="artifacts">{(place) => <Collections place={place} />}</OfProject>
      </Route>
      <Route path="/:entity/:project/artifacts/:type/:name/:version?/:tab?">
        <OfProject page="artifacts">{(place) => <ArtifactPage place={place} />}</OfProject>
      </Route>
      <Route path="/:entity/:project/workspace">
        <OfProject page="workspace">{(place) => <Workspace place={place} />}</OfProject>
      </Route>
      <Route path="/:entity/:project">
        <OfProject page="workspace">{(place) => <Workspace place={place} />}</OfProject>
      </Route>
      <Route>
        <Page>
          <NotThere />
        </Page>
      </Route>
    </Switch>
  );
}

function OfProject({ page, children }: { page: ProjectPage; children: (place: Place) => ReactNode }) {
  const { entity = "", project = "" } = useParams();
  const place = useMemo(() => ({ entity, project }), [entity, project]);
  const arranged = useStore(
    workspaceStore,
    (state) => state.ready && state.place?.entity === entity && state.place.project === project,
  );
  // What the reader arranged comes first: charts that move once they are drawn are worse than charts a moment later.
  const asArranged = page === "workspace" || page === "table" || page === "run";
  useEffect(() => {
    if (asArranged) void openWorkspace(place);
  }, [place, asArranged]);
  if (asArranged && !arranged) {
    return (
      <Page place={place} page={page}>
        {null}
      </Page>
    );
  }
  return (
    <Page place={place} page={page}>
      {/* Another project is another page: nothing of the old one may be seen in it. */}
      <div key={`${entity}/${project}`} style={{ height: "100%" }}>
        {children(place)}
      </div>
    </Page>
  );
}

/** Leads from an address with `selectionPath=ENTITY/PROJECT/COLLECTION` to the collection's page. */
function PrintedRegistry() {
  const { registry = "" } = useParams();
  const [entity = "", project = "", collection] = (useSearchParams()[0].get("selectionPath") ?? "").split("/");
  return <Redirect to={registryAt(registryOf({ entity, project }) ?? registry, collection || undefined)} replace />;
}

/** Leads from a linked version's address as a version of a project to the collection's page. */
function LinkedVersion() {
  const { project = "", name } = useParams();
  return <Redirect to={registryAt(registryOf({ entity: "registry", project }) ?? project, name)} replace />;
}

function Page({ place, page, children }: { place?: Place; page?: BarPage; children: ReactNode }) {
  const open = useStore(layerStore, (state) => state.open);
  const [, navigate] = useLocation();
  useKeys({
    "g h": () => navigate("/"),
    "g o": () => place && navigate(overviewAt(place)),
    "g w": () => place && navigate(workspaceAt(place)),
    "g r": () => place && navigate(tableAt(place)),
    "g a": () => place && navigate(artifactsAt(place)),
  });
  return (
    <div className={styles.page}>
      <TopBar place={place} page={page} />
      <main className={styles.main}>
        <Suspense fallback={null}>{children}</Suspense>
      </main>
      <Suspense fallback={null}>
        {open === "palette" && <Palette place={place} onClose={closeLayer} />}
        {open === "keys" && <KeysHelp onClose={closeLayer} />}
        {open === "deleteProject" && place && <DeleteProject place={place} onClose={closeLayer} />}
      </Suspense>
    </div>
  );
}

/** Shows a sentence instead of an empty page when a view breaks. */
class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <Empty isPage title={t.errors.broken}>
        <p>{t.errors.brokenMore}</p>
        <Button onClick={() => window.location.reload()}>{t.errors.reload}</Button>
      </Empty>
    );
  }
}
