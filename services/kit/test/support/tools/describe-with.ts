import { describe } from "vitest";
import { findTool, type Tool } from "./tools.ts";

/** A suite that needs a tool and gets its path. Without the tool it is skipped and named at the end of `pnpm test`. */
export function describeWith(tool: Tool, title: string, body: (path: string) => void): void {
  const path = findTool(tool);
  const meta = path === undefined ? { missingTool: tool } : {};
  describe.skipIf(path === undefined)(`${title}, by ${tool}`, { meta }, () => {
    body(path ?? tool);
  });
}
