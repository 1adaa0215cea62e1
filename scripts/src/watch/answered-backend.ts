import * as v from "valibot";

const Answer = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ backend: v.optional(v.string()), version: v.string() }),
);

/** The backend's version in an answer: what a frontend passes on, or what a backend says of itself. */
export function answeredBackend(body: string): string {
  const answer = v.safeParse(Answer, body);
  if (!answer.success) return "no answer";
  return answer.output.backend ?? answer.output.version;
}
