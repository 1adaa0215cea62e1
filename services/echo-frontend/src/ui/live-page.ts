import type { FastifyReply, FastifyRequest } from "fastify";
import Negotiator from "negotiator";
import html from "./page/index.html";

const TYPES = ["application/json", "text/html"];

/** Whether a request gets the page: a GET whose Accept prefers text/html to JSON, by q, then by order (RFC 9110, 12.5.1). */
export function wantsPage({ method, headers }: Pick<FastifyRequest, "method" | "headers">): boolean {
  // Most requests end here, without a parser.
  if (method !== "GET" || !headers.accept?.includes("text/html")) return false;
  return new Negotiator({ headers }).mediaType(TYPES) === "text/html";
}

const sha256 = (tag: string) => {
  const text = new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(html)?.[1] ?? "";
  // Loaded on first use, because it takes long to load: docs/performance.md, request ids.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
};

let policy = "";

/** Allows the page's own script and style, by their hashes, and requests to its own origin. */
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

/** Sets the headers of the live page, and returns the page: one file that requests only the echo. */
export function sendPage(reply: FastifyReply): string {
  reply
    .type("text/html; charset=utf-8")
    .header("content-security-policy", contentSecurityPolicy())
    .header("cache-control", "no-cache");
  return html;
}
