// Loaded into each service of `pnpm dev`. The channel to pnpm dev closes however that process ends, kill -9 included. Then the
// service stops, as after SIGTERM.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The channel alone does not keep a stopped service alive.
process.channel?.unref();
