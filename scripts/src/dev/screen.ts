import { PinnedLines } from "../lib/pinned-lines.ts";
import { print } from "../lib/terminal.ts";
import { describeFooter, type FooterContent } from "./footer.ts";

/** How often the footer is drawn, in ms: often enough to see a shift, seldom enough to read the numbers. */
const REFRESH_MS = 250;

type Content = Omit<FooterContent, "message">;

/** What `pnpm dev` shows: printed lines, and below them a footer if the terminal has room for it. */
export interface Screen {
  print: (text: string) => void;
  /** Shows the reply to a key. An empty one removes it. */
  say: (message: string) => void;
  /** Shows the footer from now on. */
  showFooter: (content: () => Content) => void;
  /** Whether there is one. */
  hasFooter: () => boolean;
  /** Draws it again, after something in it has changed. */
  refresh: () => void;
  /** Removes it. Lines can be printed further on. */
  removeFooter: () => void;
}

/** @param isLive whether stdout is a terminal that can move its cursor */
export function openScreen(isLive: boolean): Screen {
  return isLive ? new LiveScreen() : PLAIN;
}

/** Lines only, as for a file or a dumb terminal. */
const PLAIN: Screen = {
  print,
  say: (message) => message !== "" && print(message),
  showFooter: () => undefined,
  hasFooter: () => false,
  refresh: () => undefined,
  removeFooter: () => undefined,
};

class LiveScreen implements Screen {
  readonly #lines = new PinnedLines(process.stdout);
  #content: (() => Content) | undefined;
  #message = "";
  #timer: NodeJS.Timeout | undefined;

  print = (text: string): void => this.#lines.print(text);

  say = (message: string): void => {
    this.#message = message;
    if (this.hasFooter()) this.refresh();
    else if (message !== "") this.print(message);
  };

  showFooter = (content: () => Content): void => {
    this.#content = content;
    process.stdout.on("resize", this.#resize);
    this.#timer = setInterval(this.refresh, REFRESH_MS).unref();
    this.refresh();
  };

  hasFooter = (): boolean => this.#describe().length > 0;

  refresh = (): void => this.#lines.pin(this.#describe());

  removeFooter = (): void => {
    clearInterval(this.#timer);
    process.stdout.off("resize", this.#resize);
    this.#content = undefined;
    this.refresh();
  };

  #resize = (): void => {
    this.#lines.redraw();
    this.refresh();
  };

  #describe(): string[] {
    const content = this.#content?.();
    return content === undefined
      ? []
      : describeFooter({ ...content, message: this.#message }, process.stdout);
  }
}
