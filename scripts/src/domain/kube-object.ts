import * as v from "valibot";

/** Labels or annotations. */
export const Marks = v.optional(v.record(v.string(), v.string()));
const Metadata = v.looseObject({ name: v.string(), labels: Marks, annotations: Marks });
/** Any object of Kubernetes. */
export const KubeObject = v.looseObject({ apiVersion: v.string(), kind: v.string(), metadata: Metadata });
export type KubeObject = v.InferOutput<typeof KubeObject>;

/** `Deployment echo-backend-blue` */
export function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`;
}
