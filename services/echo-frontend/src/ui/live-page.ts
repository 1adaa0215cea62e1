import type { FastifyReply, FastifyRequest } from "fastify";
import Negotiator from "negotiator";
import html from "./page/index.html";

const TYPES = ["application/json", "text/html"];

/** Whether a browser asks for the page: a GET whose Accept prefers text/html to JSON, by q, then by order (RFC 9110, 12.5.1). */
export function wantsPage({ method, headers }: Pick<FastifyRequest, "method" | "headers">): boolean {
  // Most requests end here, without a parser.
  if (method !== "GET" || !headers.accept?.includes("text/html")) return false;
  return new Negotiator({ headers }).mediaType(TYPES) === "text/html";
}

const sha256 = (tag: string) => {
  const text = new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(html)?.[1] ?? "";
  // Not imported, because loading it takes 4 ms of the start, whether or not a browser ever comes.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
};

let policy = "";

/** The one script and the one style of the page, by their hashes, and requests to where it came from: nothing else. */
function contentSecurityPolicy(): string {
  policy ||= [
    "default-src 'none'",
    `script-src ${sha256("script")}`,
    `style-src ${sha256("style")}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return policy;
}

/** The live page, one file that asks for nothing but the echo, and its headers. */
export function page(reply: FastifyReply): string {
  reply
    .type("text/html; charset=utf-8")
    .header("content-security-policy", contentSecurityPolicy())
    .header("x-content-type-options", "nosniff")
    .header("cache-control", "no-cache");
  return html;
}
