/**
 * Keeps V8 from making hot code faster while something is measured: its compilers work on threads of their own, and on
 * an instance of one processor they take it from the measurement, for a millisecond in every twentieth request. What
 * has been compiled stays as it is, and whatever becomes hot meanwhile is compiled afterwards.
 */
import { setFlagsFromString } from 'node:v8';

/** Switches of V8, which looks at them whenever it could compile something. */
const compilers = ['opt', 'maglev'] as const;

/** Several measurements may go on at once; the last one lets the compilers go. */
let holders = 0;

/** Until it is disposed of. */
export function holdCompilers(): Disposable {
  holders += 1;
  switchCompilers();
  return {
    [Symbol.dispose]() {
      holders -= 1;
      switchCompilers();
    },
  };
}

function switchCompilers(): void {
  for (const compiler of compilers) {
    setFlagsFromString(holders === 0 ? `--${compiler}` : `--no-${compiler}`);
  }
}
