import { request } from "undici";

/** A whole response. */
export interface TextResponse {
  status: number;
  body: string;
  /** A header by its name in lower case; empty without it. */
  header: (name: string) => string;
}

/** Sends a request from this machine without a proxy. @throws an error of undici, if no whole response arrives */
export async function requestText(
  url: string,
  options: Parameters<typeof request>[1],
): Promise<TextResponse> {
  const { statusCode: status, headers, body } = await request(url, options);
  return { status, body: await body.text(), header: (name) => [headers[name] ?? ""].flat().join() };
}
