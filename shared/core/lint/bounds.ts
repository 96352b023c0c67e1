/** Bounds that nobody would ever hear of, because something else always comes first. */
import type { Environment } from '../environment/definition.ts';
import { errorAt, type Finding, type KeyPath, warningAt, when } from '../environment/finding.ts';
import type { Step } from '../step.ts';

interface Bound {
  readonly path: KeyPath;
  readonly ms: number | undefined;
  readonly deadlineSeconds: number;
}

export function boundFindings(environment: Environment): readonly Finding[] {
  return [
    ...boundsOf(environment).flatMap(unreachableBound),
    ...waitFindings(environment),
    ...lifetimeFindings(environment),
  ];
}

function boundsOf({ steps }: Environment): readonly Bound[] {
  const { auth, health, websocket, agent } = steps;
  const bounds: Bound[] = [];
  const add = (
    path: KeyPath,
    ms: number | undefined,
    { deadlineSeconds }: { readonly deadlineSeconds: number },
  ): void => {
    bounds.push({ path, ms, deadlineSeconds });
  };
  if (auth !== undefined) {
    add(['steps', 'auth', 'loginMsMax'], auth.loginMsMax, auth);
  }
  if (health !== undefined) {
    for (const [index, { latencyMsMax }] of health.documents.entries()) {
      add(['steps', 'health', 'documents', index, 'latencyMsMax'], latencyMsMax, health);
    }
  }
  if (websocket !== undefined) {
    for (const key of ['upgradeMsMax', 'welcomeMsMax', 'pongMsMax', 'readyMsMax'] as const) {
      add(['steps', 'websocket', key], websocket[key], websocket);
    }
  }
  if (agent !== undefined) {
    for (const key of ['firstEventMsMax', 'silenceMsMax', 'completedMsMax'] as const) {
      add(['steps', 'agent', key], agent[key], agent);
    }
  }
  return bounds;
}

function unreachableBound({ path, ms, deadlineSeconds }: Bound): readonly Finding[] {
  return when(
    ms !== undefined && ms >= deadlineSeconds * 1_000,
    errorAt(
      path,
      `is ${ms}, but the deadline of ${deadlineSeconds} s ends the attempt before, allowed: less than that`,
    ),
  );
}

/** One wait after the other: when all of them are used up, the deadline should not be over. */
function waitFindings({ steps }: Environment): readonly Finding[] {
  const { websocket, agent } = steps;
  return [
    ...(websocket === undefined
      ? []
      : tooShort('websocket', websocket, {
          waitMs: websocket.upgradeMsMax + websocket.welcomeMsMax + websocket.pongMsMax,
          waits: '`upgradeMsMax`, `welcomeMsMax` and `pongMsMax`',
        })),
    ...(agent === undefined
      ? []
      : tooShort('agent', agent, {
          waitMs: agent.firstEventMsMax + agent.silenceMsMax,
          waits: '`firstEventMsMax` and `silenceMsMax`',
        })),
  ];
}

function tooShort(
  step: Step,
  { deadlineSeconds }: { readonly deadlineSeconds: number },
  { waitMs, waits }: { readonly waitMs: number; readonly waits: string },
): readonly Finding[] {
  const needed = Math.ceil(waitMs / 1_000);
  return when(
    needed > deadlineSeconds,
    warningAt(
      ['steps', step, 'deadlineSeconds'],
      `is ${deadlineSeconds}, but ${waits} are ${needed} s together: what is slow twice ends without its reason, ` +
        `better: at least ${needed}`,
    ),
  );
}

function lifetimeFindings({ steps }: Environment): readonly Finding[] {
  const shortest = steps.auth?.token.lifetimeSecondsMin ?? Infinity;
  const longest = Math.max(steps.websocket?.deadlineSeconds ?? 0, steps.agent?.deadlineSeconds ?? 0);
  return when(
    shortest < longest,
    warningAt(
      ['steps', 'auth', 'token', 'lifetimeSecondsMin'],
      `is ${shortest}: a token that is just good enough could end within an attempt of ${longest} s, ` +
        `better: at least ${longest}`,
    ),
  );
}
