/** The state store failed. Thrown by adapters, caught once in the run. */

export class StateError extends Error {
  override readonly name = 'StateError';
  /** `unavailable`: no answer in time or no connection. `refused`: an answer, and it was no. */
  readonly code: 'unavailable' | 'refused';

  constructor(code: 'unavailable' | 'refused', message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
