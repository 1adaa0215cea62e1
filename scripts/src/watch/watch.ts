import { type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { parseHttpUrl } from "../http-url.ts";
import { interruption } from "../interrupt.ts";
import { serviceUrl, workload } from "../names.ts";
import { preflight } from "../release/preflight.ts";
import { print } from "../terminal.ts";
import { answeredBackend } from "./answered-backend.ts";
import { createLiveView } from "./live-view.ts";
import { type Answer, Tally } from "./tally.ts";

/** The chapter's loop, as bash in the jumpbox. Reading stdin is its pause, and ends it when this side goes away. */
const LOOP = `while :; do
  curl -sS --max-time 5 -w '\\t%{http_code}\\t%{time_total}\\n' "$0" 2>/dev/null | tr -d '\\n'; echo
  read -rt 0.25; [ $? -gt 128 ] || exit 0
done`;

export interface WatchOptions extends ClusterOptions {
  json?: boolean;
}

/** Asks a URL (the blue frontend's by default) every 0.25 s through the jumpbox and shows each answer, until Ctrl-C. */
export async function watch(
  given: string | undefined,
  { json = false, ...options }: WatchOptions,
): Promise<void> {
  const cluster = openCluster(options);
  const url = given ?? serviceUrl(workload("echo-frontend", "blue").name, cluster.namespace);
  if (!parseHttpUrl(url))
    throw new UserError(`${JSON.stringify(url)} is not a URL that begins with http:// or https://`);
  await preflight({ cluster });
  await cluster.jumpbox.ensure();
  const tally = new Tally();
  const show = json ? showAsJson : createLiveView(tally);
  const signal = interruption();
  const onLine = (line: string) => {
    const [body = "", status = "", seconds = ""] = line.split("\t");
    const answer = {
      body,
      status: Number(status),
      milliseconds: Number(seconds) * 1000,
      backend: answeredBackend(body),
    };
    const change = tally.add(answer);
    show(answer, change);
  };
  await cluster.jumpbox.stream(["bash", "-c", LOOP, url], onLine, signal);
  print(json ? JSON.stringify(tally.summary()) : `\n${tally.describe()}`);
}

function showAsJson(answer: Answer): void {
  print(JSON.stringify(answer));
}
