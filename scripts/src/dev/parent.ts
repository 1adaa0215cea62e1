const CHECK_EVERY_MS = 500;

/** Calls `onLost` once the process that started this one has ended: the system then gives this one another parent. */
export function watchParent(onLost: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onLost();
  }, CHECK_EVERY_MS).unref();
}
