/**
 * Measures the `health` step: what the product says about itself, document by document. One after the other, each with
 * its share of the time, so that times are true and a document that hangs does not cost the others their verdict.
 */
import { failed } from '../../shared/core/check.ts';
import { type Endpoint, endpointOf, isFailure } from '../../shared/core/endpoint.ts';
import type { HealthDocument } from '../../shared/core/environment/health.ts';
import type { HttpExchange } from '../../shared/core/exchange.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import type { Check, Component, Failure, Measurement, ProbeMemory } from '../../shared/core/outcome.ts';
import type { Probe, ProbeContext } from '../../shared/core/probe.ts';
import { timeShareMs } from '../../shared/core/time-up.ts';
import { withControl } from '../../shared/io/control.ts';
import { exchange, type ExchangeContext } from '../../shared/io/http.ts';
import { readRevision } from '../../shared/io/revision.ts';
import { startStopwatch } from '../../shared/io/stopwatch.ts';
import { type DocumentFindings, judgeDocument, tlsCheck } from './judge.ts';

type HealthRun = ProbeContext & ExchangeContext;

/** One document that was asked for, and what came of it. */
interface Visit {
  readonly document: HealthDocument;
  readonly endpoint: Endpoint;
  readonly exchange: HttpExchange;
  readonly findings: DocumentFindings;
}

export const probeHealth: Probe = async (context) => {
  const run: HealthRun = { ...context, elapsedMs: startStopwatch() };
  const documents = context.environment.steps.health?.documents ?? [];
  const visits: Visit[] = [];
  const refused: Check[] = documents.length === 0 ? [unconfigured] : [];
  for (const [index, document] of documents.entries()) {
    // One share more than there are documents, so that some time is left to ask the control endpoint.
    const visit = await ask(document, run, documents.length - index + 1);
    if (isFailure(visit)) {
      refused.push(
        failed('health.document', visit, { subject: document.id, startedMs: run.elapsedMs(), latencyMs: 0 }),
      );
    } else {
      visits.push(visit);
    }
  }
  return withControl(await measurementOfVisits(visits, refused, run), context, run.elapsedMs);
};

const unconfigured = failed(
  'health.document',
  { reason: 'config_invalid', detail: 'the environment file has no `steps.health`' },
  { startedMs: 0, latencyMs: 0 },
);

async function ask(document: HealthDocument, run: HealthRun, shares: number): Promise<Visit | Failure> {
  const endpoint = endpointOf(run, document.service);
  if (isFailure(endpoint)) {
    return endpoint;
  }
  const asked = await exchange(
    {
      url: `${endpoint.origin}${document.path}`,
      authorities: endpoint.authorities,
      redirectsMax: document.redirectsMax,
      timeoutMs: timeShareMs(run.deadline.remainingMs(), shares),
    },
    run,
  );
  return { document, endpoint, exchange: asked, findings: judgeDocument(document, asked, run.memory) };
}

async function measurementOfVisits(
  visits: readonly Visit[],
  refused: readonly Check[],
  run: HealthRun,
): Promise<Measurement> {
  const complete = visits.filter((visit) => visit.exchange.failure === null).map((visit) => visit.exchange);
  const slowest = complete.toSorted((one, other) => other.latencyMs - one.latencyMs)[0];
  const certificates = certificatesOf(visits);
  const uptimes = visits.map(({ findings }) => findings.uptimeSeconds).filter((seconds) => seconds !== null);
  const checks = [
    ...refused,
    ...visits.flatMap(({ findings }) => findings.checks),
    ...certificates.map((visit) => tlsCheck(visit, run.environment.steps.health?.tlsDaysLeftMin ?? 0)),
  ];
  return measurementOf(checks, {
    latencyMs: slowest?.latencyMs ?? null,
    phases: (slowest ?? visits[0]?.exchange)?.phases ?? {},
    gauges: {
      ...(certificates.length === 0 ? {} : { tls_days_left: Math.min(...certificates.map(({ tls }) => tls.daysLeft)) }),
      ...(uptimes.length === 0 ? {} : { uptime_seconds: Math.min(...uptimes) }),
    },
    components: worstByName(visits.flatMap(({ findings }) => findings.components)),
    revision: await revisionOf(visits, complete, run),
    memory: boundedMemory(visits.map(({ findings }) => findings.memory)),
  });
}

/** The first certificate that each service presented. */
function certificatesOf(visits: readonly Visit[]) {
  const services = new Set<string>();
  return visits.flatMap(({ document: { service }, exchange: { tls }, exchange: made }) => {
    if (tls === null || services.has(service)) {
      return [];
    }
    services.add(service);
    return [{ service, tls, exchange: made }];
  });
}

/** The revision of the first service that tells one. */
async function revisionOf(
  visits: readonly Visit[],
  exchanges: readonly HttpExchange[],
  run: HealthRun,
): Promise<string | null> {
  const endpoints = new Map(visits.map(({ endpoint }) => [endpoint.origin, endpoint]));
  for (const endpoint of endpoints.values()) {
    const revision = await readRevision(endpoint, exchanges, run);
    if (revision !== null) {
      return revision;
    }
  }
  return null;
}

/** State holds 4 KiB of memory a step; what goes beyond some safe part of that is forgotten, last documents first. */
const memoryLengthMax = 3_800;

function boundedMemory(parts: readonly ProbeMemory[]): ProbeMemory {
  let kept: ProbeMemory = {};
  for (const part of parts) {
    const more = { ...kept, ...part };
    kept = JSON.stringify(more).length <= memoryLengthMax ? more : kept;
  }
  return kept;
}

/** A component that several documents list is published once, as the worst of them has it. */
function worstByName(components: readonly Component[]): readonly Component[] {
  const rank = { pass: 0, degraded: 1, fail: 2 };
  const worst = new Map<string, Component>();
  for (const component of components) {
    const known = worst.get(component.name);
    if (known === undefined || rank[component.verdict] > rank[known.verdict]) {
      worst.set(component.name, component);
    }
  }
  return [...worst.values()];
}
