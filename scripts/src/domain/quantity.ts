/** The suffixes of https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const FACTORS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Reads a quantity of Kubernetes, such as `250m`, `2`, `1e3` or `200Mi`, in cores, bytes or pieces. NaN if it is invalid. */
export function readQuantity(text: string): number {
  const [, number = "", suffix = ""] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  return Number(number || Number.NaN) * (FACTORS[suffix] ?? Number.NaN);
}

/** `250m`, `200Mi` or `3`, as one usually writes an amount of that resource. */
export function writeQuantity(amount: number, resource: string): string {
  if (/\bcpu$/.test(resource)) return `${Math.round(amount * 1000)}m`;
  if (/\b(memory|storage)$/.test(resource)) return `${Math.round(amount / 2 ** 20)}Mi`;
  return String(amount);
}
