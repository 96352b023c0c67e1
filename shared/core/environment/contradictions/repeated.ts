/** Lists in which everything should stand once. */
import { errorAt, type Finding, type KeyPath } from '../finding.ts';

/** An error at each entry that stands in the list before. */
export function repeated(list: readonly string[], path: KeyPath): readonly Finding[] {
  return list.flatMap((entry, index) =>
    list.indexOf(entry) < index
      ? [errorAt([...path, index], `\`${entry}\` is in the list before; each only once`)]
      : [],
  );
}
