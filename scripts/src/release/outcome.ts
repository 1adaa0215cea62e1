/** What a step did, in a few words; `changed` false means that all was already as it should be. */
export interface Outcome {
  changed: boolean;
  note: string;
}

export const unchanged = (note: string): Outcome => ({ changed: false, note });
export const changed = (note: string): Outcome => ({ changed: true, note });
