/** The result of one load. */
export interface LoadResult {
  /** All requests of the load. */
  requests: number;
  requestsPerSecond: number;
  p99Ms: number;
}

export interface Load {
  connections: number;
  seconds: number;
  /** Requests per second over all connections, for a load below saturation. Default: as many as possible. */
  rate?: number;
}

/** A load generator with keep-alive connections, pinned to the core of the load. */
export interface LoadTool {
  name: string;
  /** What it cannot measure; printed with its results. */
  limits?: string;
  /** @throws {Error} if a response is not 2xx or a connection fails, because such a run measures nothing */
  load(url: string, load: Load): Promise<LoadResult>;
}
