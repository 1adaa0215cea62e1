import { basename } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { CASES } from "../../charts/test/support/cases.ts";
import { run } from "../src/adapters/command.ts";
import { chartPath } from "../src/lib/paths.ts";
import { cluster } from "./support/system.ts";

const { kubectl } = cluster;

const Manifest = v.looseObject({
  apiVersion: v.string(),
  kind: v.string(),
  metadata: v.looseObject({ name: v.string() }),
  spec: v.optional(v.looseObject({})),
});
type Manifest = v.InferOutput<typeof Manifest>;

/** Kinds of the Prometheus operator, which the test cluster does not have. */
const FOREIGN = "monitoring.coreos.com/v1";
/** A class that no controller handles: the examples must not serve a host name of the other tests. */
const UNHANDLED = "unhandled";

/** Each example of the charts has a namespace of its own, because many of them name the same objects. */
const EXAMPLES = CASES.flatMap(({ chart, files }) =>
  files
    .filter((file) => file.includes("/ci/"))
    .map((file) => ({ chart, file, namespace: `echo-e2e-${chart}-${basename(file, "-values.yaml")}` })),
);

/** An object in a namespace, and a Gateway of a class that no controller handles. */
function place(object: Manifest, namespace: string): Manifest {
  const metadata = { ...object.metadata, namespace };
  const spec = object.kind === "Gateway" ? { ...object.spec, gatewayClassName: UNHANDLED } : object.spec;
  return { ...object, metadata, ...(spec && { spec }) };
}

async function render({ chart, file, namespace }: (typeof EXAMPLES)[number]): Promise<Manifest[]> {
  const args = ["template", chart, chartPath(chart), "-n", namespace, "--values", file, "--no-hooks"];
  return parseAllDocuments(await run("helm", args))
    .map((document) => v.parse(v.nullable(Manifest), document.toJS()))
    .filter((object) => object !== null)
    .filter(({ apiVersion }) => apiVersion !== FOREIGN)
    .map((object) => place(object, namespace));
}

/** A namespace in which no pod starts. */
function emptyNamespace(name: string): object[] {
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name } },
    {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "no-pods", namespace: name },
      spec: { hard: { pods: "0" } },
    },
  ];
}

const listOf = (items: readonly object[]) => JSON.stringify({ apiVersion: "v1", kind: "List", items });
const namespaces = EXAMPLES.map(({ namespace }) => namespace);
let objects: Manifest[];

beforeAll(async () => {
  objects = (await Promise.all(EXAMPLES.map(render))).flat();
  await kubectl.run(["apply", "-f", "-"], { input: listOf(namespaces.flatMap(emptyNamespace)) });
  await kubectl.run(["apply", "--server-side", "-f", "-"], { input: listOf(objects) });
});

afterAll(() => kubectl.run(["delete", "namespace", ...namespaces, "--ignore-not-found", "--wait=false"]));

test("kubectl diff finds no difference after a server-side apply of each chart's examples", async () => {
  expect(namespaces.length).toBeGreaterThan(20);
  // kubectl fails if it finds a difference.
  await expect(kubectl.run(["diff", "--server-side", "-f", "-"], { input: listOf(objects) })).resolves.toBe(
    "",
  );
});

test("the cluster adds no field to the spec of a Gateway or a route", async () => {
  const ours = objects.filter(({ kind }) => kind === "Gateway" || kind === "HTTPRoute");
  expect(ours.length).toBeGreaterThan(3);
  for (const { kind, metadata, spec } of ours) {
    const name = [kind, metadata.name, "-n", String(metadata["namespace"])];
    expect((await kubectl.get(Manifest, name)).spec, name.join(" ")).toEqual(spec);
  }
});
