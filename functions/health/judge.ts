/** The pure half of the health probe: from the answers to checks, components and what is to be remembered. */
import { failed } from '../../shared/core/check.ts';
import type { HealthDocument } from '../../shared/core/environment/health.ts';
import type { HttpExchange, TlsFacts } from '../../shared/core/exchange.ts';
import { check, exchangeCheck } from '../../shared/core/exchange-check.ts';
import { errorWords } from '../../shared/core/exchange-evidence.ts';
import type { Habit } from '../../shared/core/habit.ts';
import { numberAt } from '../../shared/core/json-path.ts';
import type { Check, Component, Evidence, Failure, ProbeMemory } from '../../shared/core/outcome.ts';
import { reasonEntry, verdictOf } from '../../shared/core/reasons.ts';
import { componentsIn, judgeComponents, judgeShape } from './components.ts';
import { documentFailures, type ReadDocument, readDocument, worstOf } from './document.ts';

export interface DocumentFindings {
  readonly checks: readonly Check[];
  readonly components: readonly Component[];
  readonly uptimeSeconds: number | null;
  readonly memory: ProbeMemory;
}

/** Judges one document. Components come first: which part is down says more than that something is. */
export function judgeDocument(settings: HealthDocument, exchange: HttpExchange, memory: ProbeMemory): DocumentFindings {
  const document = exchange.failure === null && exchange.response ? readDocument(exchange.response, settings) : null;
  const parts = judgeParts(settings, document, { exchange, memory });
  const uptime = judgeUptime(settings, document, { exchange, memory });
  const whole = documentCheck(settings, document, exchange);
  return {
    checks: [...parts.checks, whole, ...uptime.checks].map((made) => weighed(made, settings)),
    components: parts.components,
    uptimeSeconds: uptime.seconds,
    memory: { ...parts.memory, ...uptime.memory },
  };
}

function documentCheck(settings: HealthDocument, document: ReadDocument | null, exchange: HttpExchange): Check {
  const failures = documentFailures(exchange, document, settings);
  const failure = worstOf(failures);
  const words = failure === null || exchange.response === null ? null : errorWords(exchange.response);
  const others = failures.filter((other) => other !== failure).map(({ reason }) => reason);
  const evidence: Evidence = {
    ...(document?.word ? { word: document.word.shown } : {}),
    ...(words === null ? {} : { says: words }),
    ...(others.length === 0 ? {} : { also: others }),
  };
  return exchangeCheck('health.document', exchange, {
    failure,
    detail: passDetail(document),
    subject: settings.id,
    evidence,
  });
}

/** A body without a word is accepted where the file says so, and told. */
function passDetail(document: ReadDocument | null): string {
  if (document?.word) {
    return `the document says "${document.word.shown}"`;
  }
  return document?.root === undefined
    ? `the document is ${document?.kind}, as the file allows`
    : 'the document answers';
}

interface Seen {
  readonly exchange: HttpExchange;
  readonly memory: ProbeMemory;
}

type Parts = Pick<DocumentFindings, 'checks' | 'components' | 'memory'>;

function judgeParts(settings: HealthDocument, document: ReadDocument | null, { exchange, memory }: Seen): Parts {
  const key = `${settings.id}.components`;
  const habit = habitIn(memory, key);
  const remembered: ProbeMemory = habit === null ? {} : remember(key, habit);
  if (settings.components === undefined || document === null) {
    return { checks: [], components: [], memory: remembered };
  }
  const found = componentsIn(document.root, settings.components);
  const findings = judgeComponents(found, settings.components, exchange.startedMs);
  const checks = findings.map(({ check }) => check);
  const components = findings.map(({ component }) => component);
  // A document that is an error or still starting need not have all of its parts.
  if (!document.accepted || document.starting !== null || document.root === undefined) {
    return { checks, components, memory: remembered };
  }
  const shape = judgeShape(new Set(found.keys()), Object.keys(settings.components.expected), habit);
  const shapeCheck = check(
    'health.shape',
    { failure: vanished(shape.missing), detail: `the document has ${found.size} components, as before` },
    { subject: settings.id, startedMs: exchange.startedMs, latencyMs: 0, evidence: { components: found.size } },
  );
  return { checks: [...checks, shapeCheck], components, memory: remember(key, shape.habit) };
}

function vanished(missing: readonly string[]): Failure | null {
  return missing.length === 0
    ? null
    : { reason: 'component_vanished', detail: `no longer in the document: ${missing.join(', ')}` };
}

function habitIn(memory: ProbeMemory, key: string): Habit<readonly string[]> | null {
  const usual = memory[key];
  const departedRuns = memory[`${key}_departed_runs`];
  return Array.isArray(usual) && typeof departedRuns === 'number' ? { usual: usual.map(String), departedRuns } : null;
}

function remember(key: string, { usual, departedRuns }: Habit<readonly string[]>): ProbeMemory {
  return { [key]: usual, [`${key}_departed_runs`]: departedRuns };
}

interface Uptime {
  readonly checks: readonly Check[];
  readonly seconds: number | null;
  readonly memory: ProbeMemory;
}

/** An uptime that fell means a restart; behind a load balancer it may also be that of another instance. */
function judgeUptime(settings: HealthDocument, document: ReadDocument | null, { exchange, memory }: Seen): Uptime {
  const key = `${settings.id}.uptime_seconds`;
  const before = memory[key];
  const seconds =
    settings.uptimeSecondsPath === undefined || document === null
      ? null
      : numberAt(document.root, settings.uptimeSecondsPath);
  if (seconds === null) {
    return { checks: [], seconds, memory: typeof before === 'number' ? { [key]: before } : {} };
  }
  const restarted = typeof before === 'number' && seconds < before;
  const detail = `the service is up for ${Math.round(seconds)} s`;
  const uptime = check(
    'health.uptime',
    { failure: restarted ? { reason: 'restarted', detail } : null, detail },
    { subject: settings.id, startedMs: exchange.startedMs, latencyMs: 0, evidence: { uptime_seconds: seconds } },
  );
  // Rounded down: the same uptime again must not look like one that fell.
  return { checks: [uptime], seconds, memory: { [key]: Math.floor(seconds) } };
}

/** What an optional document says, or that it does not answer, never means more than degraded. */
function weighed(made: Check, settings: HealthDocument): Check {
  if (settings.importance === 'required' || made.reason === null || verdictOf(made.reason) !== 'fail') {
    return made;
  }
  const detail = `the document ${settings.id} is optional, and ${reasonEntry(made.reason).sentence}: ${made.detail}`;
  const evidence = { ...made.evidence, original_reason: made.reason };
  const facts = { ...made, subject: made.subject ?? settings.id, evidence };
  return failed(made.id, { reason: 'component_degraded', detail }, facts);
}

export interface TlsJudgement {
  readonly service: string;
  readonly tls: TlsFacts;
  /** The exchange on whose connection the certificate was presented. */
  readonly exchange: HttpExchange;
}

/** The certificate of a service: good, about to end, or why it is not trusted. */
export function tlsCheck({ service, tls, exchange }: TlsJudgement, daysLeftMin: number): Check {
  const days = Math.floor(tls.daysLeft * 10) / 10;
  const bad = exchange.failure?.reason.startsWith('tls_') ? exchange.failure : null;
  const expiring: Failure | null =
    tls.daysLeft < daysLeftMin
      ? {
          reason: 'tls_expiring',
          detail: `the certificate of ${service} ends in ${days} days, fewer than ${daysLeftMin}`,
        }
      : null;
  return exchangeCheck('health.tls', exchange, {
    failure: bad ?? expiring,
    detail: `the certificate of ${service} is good for ${days} days`,
    subject: service,
    evidence: { tls_days_left: days },
  });
}
