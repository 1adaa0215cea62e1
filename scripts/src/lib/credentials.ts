/** A text with an ellipsis in place of everything in it that may be the user and password of a URL. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/((?:^|[\s'"=])(?:[a-z][a-z0-9+.-]*:[/\\]*)?)[^\s'"=][^\s'"]*@/gi, "$1…@");
}

/** An argument in quotes. What precedes an at sign may be a user and password, also if a URL is malformed. */
export function quotedArgument(text: string): string {
  const [, scheme = ""] = /^([a-z][a-z0-9+.-]*:\/\/)?/i.exec(text) ?? [];
  const at = text.lastIndexOf("@");
  return JSON.stringify(at === -1 ? text : `${scheme}…${text.slice(at)}`);
}
