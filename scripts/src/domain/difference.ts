/** A place where a value is not as expected. */
export interface Difference {
  /** `containers[echo-backend].image` */
  path: string;
  found: unknown;
  expected: unknown;
}

/** The differences between two JSON values. Elements of an array belong together if they have the same name, or place. */
export function differences(found: unknown, expected: unknown, path = ""): Difference[] {
  const [entries, expectedEntries] = [entriesOf(found), entriesOf(expected)];
  if (!entries || !expectedEntries)
    return Object.is(found, expected) ? [] : [{ path: path.replace(/^\./, ""), found, expected }];
  return [...new Set([...entries.keys(), ...expectedEntries.keys()])].flatMap((key) =>
    differences(entries.get(key), expectedEntries.get(key), path + key),
  );
}

/** The parts of an object or array by their step in a path; undefined for any other value. */
function entriesOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return new Map(items.map((item, index) => [`[${nameOf(item) ?? index}]`, item]));
  }
  if (typeof value !== "object" || value === null) return undefined;
  return new Map(Object.entries(value).map(([key, part]) => [`.${key}`, part]));
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== "object" || item === null || !("name" in item)) return undefined;
  return typeof item.name === "string" ? item.name : undefined;
}
