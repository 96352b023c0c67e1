/** What the sandbox saw, so that tests can tell how a probe behaved on the wire. Bounded; holds no token. */
import type { IncomingMessage } from 'node:http';

import type { ServiceName } from './behaviour.ts';

/** How many different values a list keeps; more are only counted. */
const distinctMax = 200;

export interface Counters {
  /** Requests by `service METHOD path`; upgrades by `service UPGRADE path`. */
  readonly requests: ReadonlyMap<string, number>;
  readonly userAgents: ReadonlySet<string>;
  /** Headers and query keys that switch the product into a bypass or put a token into logs, as `service name`. */
  readonly suspicious: ReadonlySet<string>;
  /** The largest number of sockets to the two services open at one moment. */
  readonly socketsMost: number;
  readonly socketsOpen: number;
  readonly agentRuns: number;
}

export interface CountersRecorder {
  readonly seen: Counters;
  request(service: ServiceName, request: IncomingMessage, path: string): void;
  socketOpened(): void;
  socketClosed(): void;
  agentRun(): void;
}

/** The login key travels in a header whose name would be suspicious anywhere else. */
const loginKeyHeader = 'x-e2e-bypass-key';

export function createCounters(): CountersRecorder {
  const requests = new Map<string, number>();
  const userAgents = new Set<string>();
  const suspicious = new Set<string>();
  let socketsOpen = 0;
  let socketsMost = 0;
  let agentRuns = 0;

  function keep(set: Set<string>, value: string): void {
    if (set.size < distinctMax) {
      set.add(value.slice(0, 200));
    }
  }

  return {
    seen: {
      requests,
      userAgents,
      suspicious,
      get socketsMost() {
        return socketsMost;
      },
      get socketsOpen() {
        return socketsOpen;
      },
      get agentRuns() {
        return agentRuns;
      },
    },
    request(service, request, path) {
      const method = request.headers.upgrade === undefined ? request.method : 'UPGRADE';
      const route = `${service} ${method} ${path.slice(0, 100)}`;
      if (requests.has(route) || requests.size < distinctMax) {
        requests.set(route, (requests.get(route) ?? 0) + 1);
      }
      keep(userAgents, request.headers['user-agent'] ?? '(none)');
      for (const name of suspiciousNames(request, path)) {
        keep(suspicious, `${service} ${name}`);
      }
    },
    socketOpened() {
      socketsOpen += 1;
      socketsMost = Math.max(socketsMost, socketsOpen);
    },
    socketClosed() {
      socketsOpen -= 1;
    },
    agentRun() {
      agentRuns += 1;
    },
  };
}

function suspiciousNames(request: IncomingMessage, path: string): string[] {
  const isLogin = path === '/auth/e2e/test-auth';
  const headers = Object.keys(request.headers).filter(
    (name) => /e2e|test/i.test(name) && !(isLogin && name === loginKeyHeader),
  );
  const queryKeys = URL.parse(request.url ?? '/', 'http://sandbox.invalid')?.searchParams.keys() ?? [];
  return [...headers, ...[...queryKeys].filter((key) => /token|jwt/i.test(key)).map((key) => `?${key}`)];
}
