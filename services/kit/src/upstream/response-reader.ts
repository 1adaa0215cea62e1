/** The most bytes of a response's head, as in Node. */
const MAX_HEAD_BYTES = 16 * 1024;
const HEAD_END = "\r\n\r\n";
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
/** Header lines, each with its line end. A line that continues the one before is obsolete (RFC 9112, 5.2). */
const HEADER_LINES = /^(?:[!#$%&'*+\-.^_`|~\w]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;
const CHUNK_SIZE = /^([\da-f]{1,8})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i;
const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i;
/** A `Content-Length`. No longer number is exact in JavaScript. */
const LENGTH = /^\d{1,15}$/;

/** A response that breaks HTTP/1.1 (RFC 9112). */
export class InvalidResponseError extends Error {
  override name = "InvalidResponseError";
}

/** The server closed its connection before the response was complete. */
export class ConnectionClosedError extends Error {
  override name = "ConnectionClosedError";
}

/** A response body that exceeds its limit. */
export class LongResponseError extends Error {
  override name = "LongResponseError";
}

/** How the end of a body is found. */
type Framing = "length" | "chunked" | "until close";

/**
 * Reads one response to a GET from the bytes of a connection, as they arrive. It rejects whatever two readers could
 * understand differently, and what follows a response is an error of the connection.
 */
export class ResponseReader {
  /** 0 until the final head has arrived. */
  status = 0;
  body = "";
  /** Whether the connection can serve another request. */
  reusable = false;
  /** By their names in lower case. The values of headers with the same name are joined by commas. */
  readonly headers: Record<string, string | undefined> = Object.create(null);
  /** Whether any part of a response has arrived. */
  started = false;
  readonly #maxBodyBytes: number;
  #head = "";
  #framing: Framing = "until close";
  /** Bytes of the body, or of its chunk, that are still missing. */
  #missing = 0;
  #bytes = 0;
  /** The parts of a body that arrives in more than one. */
  #parts: Buffer[] = [];
  /** The line of a chunk's size, or of the trailers, as far as it has arrived. */
  #line = "";
  #chunk: "size" | "data" | "end of data" | "trailers" = "size";

  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /**
   * Reads the next bytes, which may be overwritten afterwards.
   * @returns whether the response is complete
   * @throws {InvalidResponseError} if it is not HTTP
   * @throws {LongResponseError} if its body is too long
   */
  read(bytes: Buffer): boolean {
    this.started = true;
    return this.status === 0 ? this.#readHead(bytes) : this.#readBody(bytes, 0);
  }

  /** How long the server keeps an idle connection, in seconds; undefined if it does not say. */
  get keepAliveS(): number | undefined {
    const seconds = /(?:^|,)[\t ]*timeout=(\d{1,9})/i.exec(this.headers["keep-alive"] ?? "")?.[1];
    return seconds === undefined ? undefined : Number(seconds);
  }

  /** The server has sent its last byte. @returns whether the response is complete */
  end(): boolean {
    return this.status !== 0 && this.#framing === "until close" && this.#complete();
  }

  #readHead(bytes: Buffer): boolean {
    const before = this.#head.length;
    this.#head += bytes.toString("latin1");
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) {
      if (!"HTTP/1.".startsWith(this.#head.slice(0, 7)))
        throw new InvalidResponseError("the response does not begin with HTTP/1");
      if (this.#head.length > MAX_HEAD_BYTES) throw new InvalidResponseError("the head is too long");
      return false;
    }
    if (end > MAX_HEAD_BYTES) throw new InvalidResponseError("the head is too long");
    const bodyStart = end + HEAD_END.length - before;
    const head = this.#head.slice(0, end + 2);
    this.#head = "";
    const interim = !this.#parseHead(head);
    if (!interim) return this.#readBody(bytes, bodyStart);
    return bodyStart < bytes.length && this.#readHead(bytes.subarray(bodyStart));
  }

  /** @returns whether it is the head of the final response */
  #parseHead(head: string): boolean {
    const lineEnd = head.indexOf("\r\n");
    const [, minor, status = ""] = STATUS_LINE.exec(head.slice(0, lineEnd)) ?? [];
    const lines = head.slice(lineEnd + 2);
    if (!minor || !HEADER_LINES.test(lines)) throw new InvalidResponseError("the head is not HTTP/1");
    if (status === "101") throw new InvalidResponseError("the response changes the protocol");
    if (status.startsWith("1")) return false;
    this.#parseHeaders(lines, minor === "1", status === "204" || status === "304");
    this.status = Number(status);
    return true;
  }

  #parseHeaders(lines: string, persistent: boolean, bodyless: boolean): void {
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf("\r\n", start);
      const colon = lines.indexOf(":", start);
      const name = lines.slice(start, colon).toLowerCase();
      const value = lines.slice(colon + 1, end).trim();
      const before = this.headers[name];
      this.headers[name] = before === undefined ? value : `${before}, ${value}`;
      start = end + 2;
    }
    this.reusable = persistent && !CLOSE.test(this.headers.connection ?? "");
    this.#frame(bodyless);
  }

  #frame(bodyless: boolean): void {
    const { "content-length": length, "transfer-encoding": coding } = this.headers;
    if (coding !== undefined) {
      // With both headers, two readers could find different ends (RFC 9112, 6.1).
      if (coding.toLowerCase() !== "chunked" || length !== undefined)
        throw new InvalidResponseError("the end of the body is ambiguous");
      this.#framing = "chunked";
    } else if (length !== undefined) {
      // Two values are joined by a comma, so they are no number.
      if (!LENGTH.test(length)) throw new InvalidResponseError("the content-length is not a number");
      this.#framing = "length";
      this.#missing = Number(length);
    } else this.reusable = false;
    if (!bodyless) return;
    this.#framing = "length";
    this.#missing = 0;
  }

  #readBody(bytes: Buffer, start: number): boolean {
    if (this.#framing === "chunked") return this.#readChunks(bytes, start);
    const isWhole = this.#framing === "length" && this.#bytes === 0 && bytes.length - start >= this.#missing;
    if (!isWhole) {
      const taken = this.#take(bytes, start);
      if (this.#framing === "until close" || this.#missing > 0) return false;
      this.#rejectRest(bytes, start + taken);
      return this.#complete();
    }
    // Nearly every response: the body arrives at once.
    const end = start + this.#missing;
    this.#count(this.#missing);
    this.body = bytes.toString("utf8", start, end);
    this.#rejectRest(bytes, end);
    return true;
  }

  /** Keeps a copy of what belongs to the body. @returns the number of these bytes */
  #take(bytes: Buffer, start: number): number {
    const end =
      this.#framing === "until close" ? bytes.length : Math.min(bytes.length, start + this.#missing);
    const size = end - start;
    this.#count(size);
    if (this.#framing !== "until close") this.#missing -= size;
    if (size > 0) this.#parts.push(Buffer.from(bytes.subarray(start, end)));
    return size;
  }

  #count(size: number): void {
    this.#bytes += size;
    if (this.#bytes > this.#maxBodyBytes) throw new LongResponseError("the body is too long");
  }

  #readChunks(bytes: Buffer, start: number): boolean {
    let place = start;
    while (place < bytes.length) {
      if (this.#chunk === "data") {
        place += this.#take(bytes, place);
        if (this.#missing === 0) this.#chunk = "end of data";
        continue;
      }
      const line = this.#readLine(bytes, place);
      place = line.next;
      if (line.text !== undefined && this.#readChunkLine(line.text)) {
        this.#rejectRest(bytes, place);
        return this.#complete();
      }
    }
    return false;
  }

  /** @returns the text of a line once its end has arrived, and where the next one starts */
  #readLine(bytes: Buffer, start: number): { text: string | undefined; next: number } {
    const newline = bytes.indexOf(10, start);
    const next = newline < 0 ? bytes.length : newline + 1;
    this.#line += bytes.toString("latin1", start, next);
    if (this.#line.length > MAX_HEAD_BYTES) throw new InvalidResponseError("a line of the body is too long");
    if (newline < 0) return { text: undefined, next };
    if (!this.#line.endsWith("\r\n"))
      throw new InvalidResponseError("a line of the body has no carriage return");
    const text = this.#line.slice(0, -2);
    this.#line = "";
    return { text, next };
  }

  /** @returns whether it is the last line of the body */
  #readChunkLine(line: string): boolean {
    if (this.#chunk === "trailers") {
      if (line !== "" && !HEADER_LINES.test(`${line}\r\n`))
        throw new InvalidResponseError("a trailer is invalid");
      this.#count(line.length);
      return line === "";
    }
    if (this.#chunk === "end of data") {
      if (line !== "") throw new InvalidResponseError("a chunk is longer than its size");
      this.#chunk = "size";
      return false;
    }
    const size = CHUNK_SIZE.exec(line)?.[1];
    if (size === undefined) throw new InvalidResponseError("the size of a chunk is not a number");
    this.#missing = Number.parseInt(size, 16);
    this.#chunk = this.#missing === 0 ? "trailers" : "data";
    return false;
  }

  /** Nothing was requested that could follow, so the connection is not used again. */
  #rejectRest(bytes: Buffer, end: number): void {
    if (end < bytes.length) this.reusable = false;
  }

  #complete(): true {
    this.body = Buffer.concat(this.#parts).toString();
    return true;
  }
}
