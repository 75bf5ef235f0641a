// Puts the page together: the theme before the first paint, the texts of the reader's language (they are waited for), the view out of the address, then React.
import { createRoot } from "react-dom/client";
import "uplot/dist/uPlot.min.css";
import "./tokens.css";
import "./page.css";
import { wearDensity } from "./state/density";
import { wearTheme } from "./state/theme";
import { followAddress } from "./state/view";
import { App } from "./views/App";

wearTheme();
wearDensity();

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);

// After createRoot: the router has patched the history by then, so that its events exist.
for (const event of ["popstate", "pushState", "replaceState"]) window.addEventListener(event, followAddress);
