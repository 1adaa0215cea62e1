import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Programs that some tests need beside the npm packages. */
export const TOOLS = ["actionlint", "checkov", "chromium", "curl", "go", "helm", "promtool", "wrk"] as const;
export type Tool = (typeof TOOLS)[number];

/** How to install each. */
export const INSTALL: Readonly<Record<Tool, string>> = {
  actionlint: "go install github.com/rhysd/actionlint/cmd/actionlint@latest",
  checkov: "pipx install checkov",
  chromium: "apt-get install chromium, or set CHROMIUM to a browser's path",
  curl: "apt-get install curl",
  go: "https://go.dev/doc/install",
  helm: "https://helm.sh/docs/intro/install",
  promtool: "apt-get install prometheus",
  wrk: "apt-get install wrk",
};

declare module "vitest" {
  interface TaskMeta {
    /** The tool whose absence skips this suite. */
    missingTool?: Tool;
  }
}

/** The path of a tool: on PATH, or for the browser in CHROMIUM. Undefined if it is not installed. */
export function findTool(tool: Tool, env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (tool === "chromium" && env.CHROMIUM) return env.CHROMIUM;
  return (env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, tool))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
