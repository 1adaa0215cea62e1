import { type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { preflight } from "../release/preflight.ts";
import { print } from "../terminal.ts";
import { Tally } from "./tally.ts";

/** The chapter's loop, as bash in the jumpbox. Reading stdin is its pause, and ends it when this side goes away. */
const LOOP = `while :; do
  curl -sS --max-time 5 -w '\\t%{http_code}\\n' "$0" 2>/dev/null | tr -d '\\n'; echo
  read -rt 0.25; [ $? -gt 128 ] || exit 0
done`;

/** Asks `url` every 0.25 s through the jumpbox and prints each answer with the running shares, until Ctrl-C. */
export async function watch(url: string, options: ClusterOptions): Promise<void> {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new UserError(`${JSON.stringify(url)} is not a URL that begins with http:// or https://`);
  const cluster = openCluster(options);
  await preflight({ cluster });
  await cluster.jumpbox.ensure();
  const tally = new Tally();
  const end = new AbortController();
  process.on("SIGINT", () => end.abort());
  const onLine = (line: string) => {
    const [body = "", status = ""] = line.split("\t");
    tally.add(body, status);
    print(`${body || "no answer"}   ${tally.toString()}`);
  };
  await cluster.jumpbox.stream(["bash", "-c", LOOP, url], onLine, end.signal);
}
