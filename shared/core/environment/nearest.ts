/** Finds the word that someone probably meant. */

/** The known word with the fewest typing errors, when there are few enough to be one word; null otherwise. */
export function nearest(word: string, known: readonly string[]): string | null {
  const errorsMax = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly word: string; readonly errors: number } | null = null;
  for (const candidate of known) {
    const errors = Math.abs(candidate.length - word.length) > errorsMax ? Infinity : typingErrors(word, candidate);
    if (errors <= errorsMax && (best === null || errors < best.errors)) {
      best = { word: candidate, errors };
    }
  }
  return best?.word ?? null;
}

/** Letters added, left out, changed or swapped with their neighbour (optimal string alignment), case aside. */
function typingErrors(from: string, to: string): number {
  const a = from.toLowerCase();
  const b = to.toLowerCase();
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const cost = (costs: readonly number[], at: number): number => Number(costs[at]);
      current.push(
        Math.min(
          cost(last, column) + 1,
          cost(current, column - 1) + 1,
          cost(last, column - 1) + (isSame ? 0 : 1),
          isSwapped ? cost(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return Number(last.at(-1));
}
