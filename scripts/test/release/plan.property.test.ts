import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SERVICES, TRAFFIC_RELEASE, workload } from "../../src/domain/workload.ts";
import { planRelease, type ReleaseRequest } from "../../src/release/plan.ts";
import { COLORS } from "../../src/domain/color.ts";

const ALL = SERVICES.flatMap((service) => COLORS.map((color) => workload(service, color)));

const request: fc.Arbitrary<ReleaseRequest> = fc.record({
  workloads: fc.shuffledSubarray(ALL, { minLength: 1 }),
  registry: fc.constantFrom("localhost:5000", "123456789012.dkr.ecr.us-east-1.amazonaws.com"),
  namespace: fc.constantFrom("demos", "echo-e2e"),
  revision: fc.stringMatching(/^[0-9a-f]{7}$/),
  ecr: fc.constantFrom(undefined, { fips: false, dualStack: false, path: "" }),
  recreate: fc.boolean(),
  backend: fc.option(fc.webUrl(), { nil: undefined }),
  traffic: fc.boolean(),
});
const installed = fc
  .subarray([...ALL.map(({ name }) => name), TRAFFIC_RELEASE])
  .map((names) => new Set(names));

test("any release builds each image once, before the deployment that needs it, and verifies each workload", () => {
  fc.assert(
    fc.property(request, installed, (wanted, names) => {
      const { images, deploys, verifies } = planRelease(wanted, { installed: names });
      const built = images.flatMap((step) => (step.kind === "image" ? [step.build.image] : []));
      expect(new Set(built).size).toBe(built.length);
      const deployed = deploys.flatMap(({ image }) => (image === undefined ? [] : [image]));
      expect(new Set(deployed)).toEqual(new Set(built));
      expect(verifies).toHaveLength(wanted.workloads.length);
      expect(new Set(deploys.map(({ upgrade }) => upgrade.release)).size).toBe(deploys.length);
    }),
  );
});

test("any release to ECR prepares the repositories and logs in before any image", () => {
  fc.assert(
    fc.property(request, installed, (wanted, names) => {
      const kinds = planRelease(wanted, { installed: names }).images.map(({ kind }) => kind);
      const order = ["repository", "login", "image"];
      expect(kinds).toEqual(kinds.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
      expect(kinds.filter((kind) => kind === "login")).toHaveLength(wanted.ecr ? 1 : 0);
    }),
  );
});

test("any release keeps the weights of what is installed, and its backend unless the request sets one", () => {
  fc.assert(
    fc.property(request, installed, (wanted, names) => {
      const { deploys } = planRelease(wanted, { installed: names });
      for (const { upgrade } of deploys.filter(({ upgrade: { release } }) => names.has(release))) {
        expect(upgrade.release).not.toBe(TRAFFIC_RELEASE);
        const asked = upgrade.release.startsWith("echo-frontend") ? wanted.backend : undefined;
        expect(upgrade.values.backend).toBe(asked);
      }
    }),
  );
});

test("any release has one plan, and each of its steps fits on a line", () => {
  fc.assert(
    fc.property(request, installed, (wanted, names) => {
      const plan = planRelease(wanted, { installed: names });
      expect(planRelease(wanted, { installed: names })).toEqual(plan);
      for (const { title } of [...plan.images, ...plan.deploys, ...plan.verifies])
        expect(title).toMatch(/^[^\n]+$/);
    }),
  );
});
