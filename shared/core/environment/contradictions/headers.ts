/** Headers that would make the probe test something else, break the handshake, or show a secret. */
import type { Environment } from '../definition.ts';
import { type Finding, keyErrorAt } from '../finding.ts';

const reserved = /^(?:host|connection|upgrade|origin|user-agent|traceparent|content-length|transfer-encoding|sec-.*)$/i;
const secret = /^(?:authorization|proxy-authorization|cookie)$|token|secret|passw|api-?key|credential/i;

export function headerContradictions({ steps }: Environment): readonly Finding[] {
  const names = Object.keys(steps.websocket?.headers ?? {});
  return names.flatMap((name, index) => {
    const reason = refusal(name, names.slice(0, index));
    return reason === null ? [] : [keyErrorAt(['steps', 'websocket', 'headers', name], reason)];
  });
}

function refusal(name: string, before: readonly string[]): string | null {
  if (/test|e2e/i.test(name)) {
    return 'names with `test` or `e2e` switch the product into a bypass: the probe would test that';
  }
  if (secret.test(name)) {
    return 'secrets do not go into headers of the file: the token travels by `carrier`';
  }
  if (reserved.test(name)) {
    return 'the handshake sets this header itself';
  }
  return before.some((other) => other.toLowerCase() === name.toLowerCase())
    ? 'is in the list before in other letters; header names know no case'
    : null;
}
