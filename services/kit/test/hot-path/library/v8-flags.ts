/** Keeps the flags that V8 has by default. */
export function raiseInliningLimit(): void {}
