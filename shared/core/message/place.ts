/** Which service stands behind a failing step, and what the commands and links of its alert can be filled with. */
import { type Environment, type Service } from '../environment/definition.ts';
import type { HealthDocument } from '../environment/health.ts';
import { type Reason, reasonEntry } from '../reasons.ts';
import { functionName, type Step } from '../step.ts';
import type { BlankValues } from './commands.ts';

/** The Cloud Run service, if the environment file names it. */
export interface CloudPlace {
  readonly project: string;
  readonly region: string;
  readonly service: string;
}

/** One failing step as its alert knows it. */
export interface Scene {
  /** Null when the trouble is not that of a step. */
  readonly step: Step | null;
  readonly reason: Reason;
  /** What the failed check was about, if it was about one of several: a health document, a component, a service. */
  readonly subject: string | null;
  readonly traceId: string | null;
  readonly revision: string | null;
  readonly revisionBefore: string | null;
}

/** Failures that happen at the login service, whichever step met them. */
const loginReasons: ReadonlySet<Reason> = new Set(['login_rejected', 'token_missing', 'credential']);

interface Address {
  readonly service: string;
  readonly path: string;
}

/** Where the reason itself arises: a lie of the health page is told there, whichever step contradicts it. */
function stepOf({ step, reason }: Scene): Step | null {
  const where = reasonEntry(reason).steps;
  const [first = step] = where;
  return step === null || where.includes(step) ? step : first;
}

function addressOf(environment: Environment, scene: Scene): Address | null {
  const { auth, health, websocket } = environment.steps;
  const step = stepOf(scene);
  if (step === null) {
    return null;
  }
  if (step === 'auth' || loginReasons.has(scene.reason)) {
    return auth === undefined ? null : { service: auth.service, path: '' };
  }
  if (step === 'health') {
    const document = health?.documents.find((each) => isAbout(each, scene.subject)) ?? health?.documents[0];
    return document === undefined ? null : { service: document.service, path: document.path };
  }
  return websocket === undefined ? null : { service: websocket.service, path: websocket.path };
}

function isAbout({ id, service, components }: HealthDocument, subject: string | null): boolean {
  return subject !== null && ([id, service].includes(subject) || Object.hasOwn(components?.expected ?? {}, subject));
}

function serviceAt(environment: Environment, address: Address | null): Service | undefined {
  return address === null ? undefined : environment.services[address.service];
}

export function cloudPlaceOf(environment: Environment, scene: Scene): CloudPlace | null {
  return serviceAt(environment, addressOf(environment, scene))?.cloudRun ?? null;
}

/** An address in numbers has no name to look up. */
function hostOf({ url }: Service): Pick<BlankValues, 'host'> {
  const { hostname } = new URL(url);
  return /[a-z]/.test(hostname) ? { host: hostname } : {};
}

/** What there is to roll back to. Names of Cloud Run revisions begin with that of their service. */
function revisionBeforeOf(service: string, { revision, revisionBefore }: Scene): Pick<BlankValues, 'revision_before'> {
  const isOne = revisionBefore !== null && revisionBefore !== revision && revisionBefore.startsWith(`${service}-`);
  return isOne ? { revision_before: revisionBefore } : {};
}

export function blankValuesOf(environment: Environment, scene: Scene, monitorProject: string | null): BlankValues {
  const address = addressOf(environment, scene);
  const service = serviceAt(environment, address);
  const cloud = service?.cloudRun;
  return {
    environment: environment.name,
    ...(scene.step !== null && { step: scene.step, function: functionName(scene.step) }),
    ...(monitorProject !== null && { monitor_project: monitorProject }),
    ...(address !== null && service !== undefined && { url: `${service.url}${address.path}`, ...hostOf(service) }),
    ...(cloud !== undefined && { project: cloud.project, region: cloud.region, service: cloud.service }),
    ...(scene.traceId !== null && { trace: scene.traceId }),
    ...(cloud !== undefined && revisionBeforeOf(cloud.service, scene)),
  };
}
