/** What a wrong address shows. */
import { Link } from "wouter";
import { t } from "../../texts";
import { Empty } from "../parts/Controls";
import parts from "../parts/parts.module.css";

export function NotThere() {
  return (
    <Empty title={t.errors.notFound} isPage>
      <p>{t.errors.notFoundMore}</p>
      <Link href="/" className={parts.link}>
        {t.errors.goHome}
      </Link>
    </Empty>
  );
}
