/** A text with an ellipsis in place of everything in it that may be the user and password of a URL. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/((?:^|[\s'"=])(?:[a-z][a-z0-9+.-]*:[/\\]*)?)[^\s'"=][^\s'"]*@/gi, "$1…@");
}
