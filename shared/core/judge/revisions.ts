/** Which revision of the product was there when: the changes only, since most runs find what the last one found. */
import { type RevisionChange, revisionsMax } from './state.ts';

/** A run that could not tell the revision changes nothing. */
export function withRevision(
  changes: readonly RevisionChange[],
  slotMs: number,
  revision: string | null,
): readonly RevisionChange[] {
  return revision === null || revision === changes.at(-1)?.revision
    ? changes
    : [...changes, { sinceMs: slotMs, revision }].slice(-revisionsMax);
}

export function revisionAt(changes: readonly RevisionChange[], slotMs: number): string | null {
  return changes.findLast(({ sinceMs }) => sinceMs <= slotMs)?.revision ?? null;
}
