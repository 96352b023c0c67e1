/** The end of a WebSocket connection: the names of close codes (RFC 6455, section 7.4) and what an early end means. */
import type { CloseMeaning } from './dialect/dialect.ts';
import type { Failure } from './outcome.ts';

/** How a connection ended. */
export interface Closure {
  /** 1005: a close frame without a code; 1006: no close frame at all. */
  readonly code: number;
  /** The server's words, redacted and cut. */
  readonly reason: string;
  /** Since the upgrade. A cut that comes back at the same age points at a proxy's time limit. */
  readonly ageMs: number;
  /** Code of the protocol violation for which the client gave up; null when the server or the network ended it. */
  readonly violation: string | null;
}

/** Names of the registered codes; see the IANA registry of WebSocket close codes, read 2026-11. */
const names: ReadonlyMap<number, string> = new Map([
  [1000, 'normal closure'],
  [1001, 'going away'],
  [1002, 'protocol error'],
  [1003, 'unsupported data'],
  [1005, 'no code'],
  [1006, 'no close frame'],
  [1007, 'invalid data'],
  [1008, 'policy violation'],
  [1009, 'message too big'],
  [1010, 'extension missing'],
  [1011, 'internal error'],
  [1012, 'service restart'],
  [1013, 'try again later'],
  [1014, 'bad gateway'],
  [1015, 'TLS failure'],
  [3000, 'unauthorized'],
  [3003, 'forbidden'],
  [3008, 'timeout'],
]);

/** `1011 (internal error)`; codes from 4000 on belong to the product. */
export function closeCodeName(code: number): string {
  const name = names.get(code) ?? (code >= 4_000 && code <= 4_999 ? "product's own" : 'unregistered');
  return `${code} (${name})`;
}

/** Why the connection should not have ended like this. `until` says what was not done yet. */
export function closureFailure(closure: Closure, until: string, meanings: readonly CloseMeaning[]): Failure {
  const age = `after ${(closure.ageMs / 1_000).toFixed(1)} s`;
  if (closure.violation !== null) {
    return { reason: 'protocol_error', detail: `the connection was given up ${age} for ${closure.violation}` };
  }
  if (closure.code === 1006) {
    return { reason: 'connection_cut', detail: `the connection broke off ${age} without a close frame, ${until}` };
  }
  const words = closure.reason === '' ? '' : ` "${closure.reason}"`;
  const meaning = meanings.find(
    ({ code, reason }) => code === closure.code && closure.reason.toLowerCase().includes(reason),
  );
  const detail = `the server closed with ${closeCodeName(closure.code)}${words} ${age}, ${until}`;
  return { reason: 'closed_early', detail: meaning === undefined ? detail : `${detail}: ${meaning.meaning}` };
}

/** Codes by which a server says that it is not well; every other end before the greeting shuts the door. */
const troubleCodes: ReadonlySet<number> = new Set([1001, 1006, 1009, 1012, 1013, 1014, 1015]);

/** Whether an end before the greeting kept a stranger out, rather than being an accident of the server or the network. */
export function isRefusal(closure: Closure): boolean {
  return closure.violation === null && !troubleCodes.has(closure.code);
}
