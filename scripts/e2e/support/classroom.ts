import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/adapters/command.ts";
import { openCluster } from "../../src/adapters/cluster.ts";
import { ROOT } from "../../src/lib/paths.ts";
import { cliWith, type Result } from "./commands.ts";
import { HANG_MS } from "./limits.ts";
import { whilePodsFit } from "./scheduling.ts";
import { cluster, NAMESPACE } from "./system.ts";

const PREFIX = `${NAMESPACE}-class`;

/** A user of one namespace, who has the rights of docs/classroom/role.yaml and no other. */
export interface Student {
  namespace: string;
  /** Runs a command of the project. */
  cli: (...args: string[]) => Promise<Result>;
  helm: (...args: string[]) => Promise<string>;
  kubectl: (...args: string[]) => Promise<string>;
}

/** Creates a class with the script of docs/classroom. `remove` removes its namespaces. */
export async function createClass(size: number) {
  const folder = mkdtempSync(join(tmpdir(), "echo-class-"));
  await run(`${ROOT}docs/classroom/create.sh`, [String(size), folder], { env: { PREFIX } });
  const students = Array.from({ length: size }, (_, index) => studentOf(index + 1, folder));
  const remove = async () => {
    await cluster.kubectl.run(["delete", "namespace", "-l", `echo-class=${PREFIX}`, "--wait"]);
    rmSync(folder, { recursive: true });
  };
  return { students, remove };
}

function studentOf(number: number, folder: string): Student {
  const namespace = `${PREFIX}-${String(number).padStart(2, "0")}`;
  const env = { KUBECONFIG: join(folder, `${namespace}.kubeconfig`), ECHO_NAMESPACE: namespace };
  const tool = (file: string) => (args: string[]) =>
    whilePodsFit((signal) => run(file, args, { env, signal, timeout: HANG_MS }));
  const [helm, kubectl] = [tool("helm"), tool("kubectl")];
  return {
    namespace,
    cli: (...args) => cliWith(args, env),
    helm: (...args) => helm(args),
    kubectl: (...args) => kubectl(args),
  };
}

/** The tools of an administrator, in a student's namespace. */
export function asTeacher({ namespace }: Student) {
  return openCluster({ namespace });
}
