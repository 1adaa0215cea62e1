import * as v from "valibot";

const Port = v.object({ name: v.optional(v.string()), containerPort: v.number() });

/** The ports of a container. */
export const Ports = v.optional(v.array(Port), []);

/** The URL of a pod's port, by the port's name; undefined without an address or such a port. */
export function podUrl(
  address: string | undefined,
  ports: v.InferOutput<typeof Ports>,
  name: string,
): string | undefined {
  const port = ports.find((each) => each.name === name)?.containerPort;
  if (!address || port === undefined) return undefined;
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
}
