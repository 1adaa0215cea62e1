import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { record } from "../../services/kit/test/support/record.ts";
import { workload } from "../src/domain/workload.ts";
import { podOf, restartsOf } from "./support/pods.ts";
import { runProgram } from "./support/program.ts";
import { addressOf, startWaitingPod } from "./support/reach.ts";
import { FRONTEND, prepare } from "./support/state.ts";
import { cluster, NAMESPACE } from "./support/system.ts";

/** How long an attack takes, in s. `pnpm e2e --long` sets a minute. */
const ATTACK_S = Number(process.env.E2E_ATTACK_S ?? "10");
/** When everything must be normal again after an attack, in s. */
const RECOVERY_S = 2;
const MEMORY_LIMIT_MIB = { "echo-backend": 200, "echo-frontend": 300 };
const ECHO_PORT = 8080;
const ADMIN_PORT = 9090;
const ATTACKER = "attacker";

const Client = v.object({
  requests: v.number(),
  failures: v.array(v.string()),
  p99: v.number(),
  max: v.number(),
});
const Outcome = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ fresh: Client, keepAlive: Client, liveness: Client, memoryMiB: v.number() }),
);

/** What other clients of a pod see for some seconds. */
const probe = async (host: string, seconds: number) =>
  v.parse(Outcome, await runProgram(ATTACKER, "probe-program", host, ECHO_PORT, ADMIN_PORT, seconds));

beforeAll(async () => {
  await prepare();
  await startWaitingPod(ATTACKER, {});
});

afterAll(() => cluster.kubectl.run(["delete", "pod", ATTACKER, "-n", NAMESPACE, "--wait"]));

describe.each([workload("echo-backend", "blue"), FRONTEND])(
  "an attack on a pod of $name",
  ({ name, service }) => {
    let pod: string;
    let address: string;

    beforeAll(async () => {
      pod = await podOf(name);
      address = await addressOf(pod);
    });

    test.each([
      ["echo", ECHO_PORT, "one connection, responses read"],
      ["echo", ECHO_PORT, "50 connections, no response read"],
      ["echo", ECHO_PORT, "slow uploads"],
      ["admin", ADMIN_PORT, "scrapes, responses read"],
      ["admin", ADMIN_PORT, "scrapes, no response read"],
      ["admin", ADMIN_PORT, "slow uploads"],
    ])("on the %s port harms no other client: %s, %s", async (port, number, attack) => {
      const [during] = await Promise.all([
        probe(address, ATTACK_S),
        runProgram(ATTACKER, "attack-program", address, number, attack, ATTACK_S),
      ]);
      const after = await probe(address, RECOVERY_S);
      record(`${service}, ${port} port, ${attack}, for ${ATTACK_S} s`, {
        "ms p99 on new connections": during.fresh.p99,
        "ms p99 on open ones": during.keepAlive.p99,
        "ms p99 of liveness": during.liveness.p99,
        "MiB of memory": during.memoryMiB,
        "ms at most afterwards": Math.max(after.fresh.max, after.liveness.max),
      });
      for (const [when, { memoryMiB, ...clients }] of Object.entries({ during, after })) {
        for (const [client, { failures, p99 }] of Object.entries(clients)) {
          expect(failures, `${when}, ${client}`).toEqual([]);
          expect(p99, `${when}, ${client}`).toBeLessThan(1000);
        }
        expect(memoryMiB).toBeLessThan(MEMORY_LIMIT_MIB[service]);
      }
      expect(await restartsOf(pod)).toBe(0);
    });
  },
);
