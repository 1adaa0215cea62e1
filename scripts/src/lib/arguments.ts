import { COLORS } from "../domain/color.ts";
import { MODES } from "../domain/mode.ts";
import { SERVICES } from "../domain/workload.ts";
import { quotedArgument } from "./credentials.ts";
import { UserError } from "./errors.ts";

/** A kind of argument: which texts are valid, and the value of each. */
export interface Kind<T> {
  /** The valid texts, for the error: `a whole number from 0 to 100`. */
  expected: string;
  /** The value of a text; undefined if the text is invalid. */
  read: (text: string) => T | undefined;
  /** All valid texts, for the help. */
  choices?: readonly string[];
}

/** Reads an argument that the user knows as `what`. @throws {UserError} if the text is invalid */
export function parse<T>(what: string, { expected, read }: Kind<T>, text: string): T {
  const value = read(text);
  if (value !== undefined) return value;
  throw new UserError(`Invalid ${what} ${quotedArgument(text)}: expected ${expected}.`);
}

/** One of some words. */
export function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  return {
    expected: new Intl.ListFormat("en-GB", { type: "disjunction" }).format(words),
    read: (text) => words.find((word) => word === text),
    choices: words,
  };
}

function within(min: number, max: number, value: number | undefined): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

/** A whole number in a range. */
export function wholeNumber(min: number, max: number): Kind<number> {
  return {
    expected: `a whole number from ${min} to ${max}`,
    read: (text) => within(min, max, /^\d{1,15}$/.test(text) ? Number(text) : undefined),
  };
}

export const color = oneOf(COLORS);
export const service = oneOf(SERVICES);
export const mode = oneOf(MODES);
export const percent = wholeNumber(0, 100);
export const port = wholeNumber(0, 65_535);

/** A percentage that may have a fraction. */
export const share: Kind<number> = {
  expected: "a number from 0 to 100, such as 0.5",
  read: (text) => within(0, 100, /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined),
};

/** A number of 0 or more. */
export const limit: Kind<number> = {
  expected: "a number of 0 or more, such as 1.5",
  read: (text) => (/^\d+(\.\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined),
};

/** Rising percentages, with `pause` between some of them. */
export const steps: Kind<(number | "pause")[]> = {
  expected: "rising percentages from 1 to 100, with pause between them if wanted, such as 5,25,pause,100",
  read: (text) => {
    const values = text
      .split(",")
      .map((step) => (step.trim() === "pause" ? "pause" : percent.read(step.trim())));
    const shares = values.filter((value) => value !== "pause");
    const rise = shares.every((value, index) => value !== undefined && value > (shares[index - 1] ?? 0));
    const stops = values.every(
      (value, index) => value !== "pause" || [values[index - 1], values[index + 1]].every(Number.isInteger),
    );
    return rise && stops ? values.filter((value) => value !== undefined) : undefined;
  },
};

/** A text that fits one line of a table. */
export const remark: Kind<string> = {
  expected: "1 to 200 characters without control characters",
  read: (text) => (/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u.test(text) && text.trim() !== "" ? text : undefined),
};

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** A duration, read as milliseconds. */
export const duration: Kind<number> = {
  expected: "a whole number with ms, s or m, such as 10s",
  read: (text) => {
    const [, number, unit = ""] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
    const factor = UNITS[unit];
    return factor === undefined ? undefined : Number(number) * factor;
  },
};

/** A duration in a range, whose ends are given as the user types them. */
export function durationBetween(min: string, max: string): Kind<number> {
  const [least = 0, most = 0] = [duration.read(min), duration.read(max)];
  return {
    expected: `a duration from ${min} to ${max}, such as 3m`,
    read: (text) => within(least, most, duration.read(text)),
  };
}

/** A namespace as Kubernetes allows it. No tool takes such a name for an option of its own. */
export const namespace: Kind<string> = {
  expected: "at most 63 lower-case letters, digits and hyphens, such as demos",
  read: (text) => (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text) ? text : undefined),
};

/** A version: the tag of an image that also fits a label of Kubernetes. The charts allow the same. */
export const version: Kind<string> = {
  expected:
    "an image tag of at most 63 letters, digits, dots, hyphens and underscores that begins and ends with a letter or digit, such as 13.0",
  read: (text) => (/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/.test(text) ? text : undefined),
};

/** A DNS name, as Kubernetes allows it. */
export const dnsName: Kind<string> = {
  expected: "lower-case letters, digits, hyphens and dots, such as traefik.gateway.svc.cluster.local",
  read: (text) =>
    text.length <= 253 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text)
      ? text
      : undefined,
};

/**
 * A registry's host, with an optional port and path. Slashes at the end are removed. Upper case becomes lower case, as image
 * names need it: ghcr.io has the images of the user Ada below `ada`.
 */
export const registry: Kind<string> = {
  expected: "a host with an optional port and path, without https://, such as localhost:5000",
  read: (text) => /^([a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*)\/*$/.exec(text.toLowerCase())?.[1],
};

/** Platforms of Linux, without repetition. */
export const platforms: Kind<string[]> = {
  expected: "platforms of Linux, separated by commas, such as linux/amd64,linux/arm64",
  read: (text) => {
    const list = text.split(",");
    const valid = list.every((each) => /^linux\/[a-z0-9]+(\/v\d+)?$/.test(each));
    return valid ? [...new Set(list)] : undefined;
  },
};

/** An image, by its tag or digest. */
export const image: Kind<string> = {
  expected: "an image without https://, such as registry.example/nginx:1.29",
  read: (text) => (/^[a-z0-9][\w./:@-]*$/i.test(text) && !text.includes("://") ? text : undefined),
};

/** A URL for curl, unchanged. curl's arguments are public: the process list and the plan show them. */
export const httpUrl: Kind<string> = {
  expected: "a URL that begins with http:// or https://, without user and password",
  read: (text) => {
    const url = URL.parse(text);
    return url && /^https?:$/.test(url.protocol) && url.username + url.password === "" ? text : undefined;
  },
};

/** A frontend's backend. */
export const backend: Kind<string> = {
  expected: `none, or ${httpUrl.expected}`,
  read: (text) => (text === "none" ? text : httpUrl.read(text)),
};
