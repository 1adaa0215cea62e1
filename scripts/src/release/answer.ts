import * as v from "valibot";

const Answer = v.pipe(v.string(), v.parseJson(), v.object({ version: v.string() }));

/** The version in an echo; undefined where it is none. */
export function answeredVersion(body: string | undefined): string | undefined {
  const answer = v.safeParse(Answer, body);
  return answer.success ? answer.output.version : undefined;
}
