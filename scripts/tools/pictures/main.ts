import { takeLivePage } from "./live-page.ts";
import { recordWatch } from "./watch.ts";

// Takes both pictures of the README from the real system: first the live page, then the terminal.
for (const take of [takeLivePage, recordWatch]) process.stdout.write(`${await take()}\n`);
