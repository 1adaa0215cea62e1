/** The forms of a Service's name that clients in its namespace can use. */
export function namesOf(service: string, namespace: string, clusterDomain: string): string[] {
  const qualified = `${service}.${namespace}`;
  return [service, qualified, `${qualified}.svc`, `${qualified}.svc.${clusterDomain}`];
}

/** Whether a frontend's `BACKEND` leads to a Service, by any form of its name, with any port and path. */
export function leadsTo(
  backend: string,
  service: string,
  { namespace, clusterDomain }: { namespace: string; clusterDomain: string },
): boolean {
  // A dot at the end of a name marks it as complete.
  const hostname = URL.parse(backend)?.hostname.replace(/\.$/, "") ?? "";
  return namesOf(service, namespace, clusterDomain).includes(hostname);
}
