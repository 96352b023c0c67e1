/**
 * A value that must not be seen: every way of turning it into text gives `[redacted]`.
 * Only `reveal` gives it away, so that a search for `.reveal(` lists every place where a secret leaves.
 */

const redacted = '[redacted]';
const inspect = Symbol.for('nodejs.util.inspect.custom');

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [inspect](): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }
}
