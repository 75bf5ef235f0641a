// Puts the page together: the theme before the first paint, then React.
import { createRoot } from "react-dom/client";
import "./tokens.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<p>Runwell</p>);
