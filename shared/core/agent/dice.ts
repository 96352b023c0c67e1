/** Chance from given bytes: the core draws nothing by itself, so that the same bytes always make the same question. */

/** A whole number from 0 to `below` - 1. */
export type Dice = (below: number) => number;

/** Bytes of entropy that a set of dice takes in. */
export const diceBytes = 16;

/** Dice by Marsaglia's xorshift128: even enough to vary a question, and nothing that has to be secret. */
export function diceFrom(bytes: Uint8Array): Dice {
  const word = (index: number): number =>
    [0, 1, 2, 3].reduce((sum, offset) => (sum << 8) | (bytes[index * 4 + offset] ?? 0), 0);
  // A state of zeros would stay zero for ever, hence the constant in the last word.
  let [a, b, c, d] = [word(0), word(1), word(2), word(3) ^ 0x9e3779b9];
  const roll = (): number => {
    const mixed = a ^ (a << 11);
    [a, b, c] = [b, c, d];
    d = d ^ (d >>> 19) ^ mixed ^ (mixed >>> 8);
    return d >>> 0;
  };
  // The first rolls still look like the seed.
  for (let warmUp = 0; warmUp < 16; warmUp += 1) {
    roll();
  }
  return (below) => roll() % below;
}

/** From `minimum` to `maximum`, both included. */
export function between(dice: Dice, minimum: number, maximum: number): number {
  return minimum + dice(maximum - minimum + 1);
}

/** One of several; the first stands in for an index that cannot be. */
export function oneOf<T>(dice: Dice, choices: readonly [T, ...T[]]): T {
  return choices[dice(choices.length)] ?? choices[0];
}
