/**
 * Hosts, everywhere in the file. One service that is spelled in two ways has cost days of searching; a control
 * endpoint on the product's own host would turn every outage into "inconclusive"; a secret in an address is logged
 * by every load balancer on the way.
 */
import type { Environment } from '../definition.ts';
import { errorAt, type Finding, type KeyPath, warningAt, when } from '../finding.ts';

interface Address {
  readonly path: KeyPath;
  readonly url: URL;
}

export function hostContradictions(environment: Environment): readonly Finding[] {
  const addresses = addressesIn(environment);
  return [
    ...addresses.flatMap(plainText),
    ...addresses.flatMap((address, index) => addresses.slice(0, index).flatMap((other) => sameHost(other, address))),
    ...sharedCloudRun(environment),
    ...controlOnProduct(environment),
    ...pathsIn(environment).flatMap(secretInQuery),
  ];
}

function addressesIn({ services, control, links, steps }: Environment): readonly Address[] {
  const texts: readonly (readonly [KeyPath, string | undefined])[] = [
    ...Object.entries(services).map(([name, { url }]) => [['services', name, 'url'], url] as const),
    [['control', 'url'], control?.url],
    [['links', 'dashboard'], links.dashboard],
    [['links', 'runbook'], links.runbook],
    [['steps', 'websocket', 'origin'], steps.websocket?.origin],
  ];
  return texts.flatMap(([path, text]) => {
    const url = text === undefined ? null : URL.parse(text);
    return url === null || url.host === '' ? [] : [{ path, url }];
  });
}

function plainText({ path, url }: Address): readonly Finding[] {
  return when(
    path[0] === 'services' && url.protocol === 'http:' && !isLoopback(url.hostname),
    errorAt(path, '`http://` is allowed on this machine only: tokens would travel in clear'),
  );
}

/** A product on this machine is a rehearsal: nothing that is deployed could reach it. */
export function isOnThisMachine({ services }: Pick<Environment, 'services'>): boolean {
  return Object.values(services).every(({ url }) => isLoopback(new URL(url).hostname));
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

function sameHost(first: Address, second: Address): readonly Finding[] {
  const [a, b] = [first.url, second.url];
  const areServices = first.path[0] === 'services' && second.path[0] === 'services';
  return [
    ...when(
      a.hostname !== b.hostname && words(a) === words(b),
      errorAt(second.path, `\`${b.host}\` looks like another spelling of \`${a.host}\`; one of them is wrong`),
    ),
    ...when(
      a.host === b.host && a.protocol !== b.protocol,
      errorAt(second.path, `\`${b.host}\` is reached by \`${b.protocol}\` here and by \`${a.protocol}\` elsewhere`),
    ),
    ...when(
      areServices && a.host === b.host,
      warningAt(second.path, `is where \`${String(first.path[1])}\` is; name that service instead`),
    ),
  ];
}

/** `api-staging.example.com` and `api.staging.example.com` are made of the same words. Addresses have none. */
function words({ hostname }: URL): string {
  return /[a-z]/.test(hostname) ? hostname.split(/[.-]/).sort().join(' ') : hostname;
}

function sharedCloudRun({ services }: Environment): readonly Finding[] {
  const firstByPlace = new Map<string, { readonly name: string; readonly url: string }>();
  return Object.entries(services).flatMap(([name, { url, cloudRun }]) => {
    if (cloudRun === undefined) {
      return [];
    }
    const place = `${cloudRun.project}/${cloudRun.region}/${cloudRun.service}`;
    const first = firstByPlace.get(place) ?? { name, url };
    firstByPlace.set(place, first);
    return when(
      first.url !== url,
      errorAt(
        ['services', name, 'cloudRun', 'service'],
        `is also behind \`${first.name}\`, which has another host; a service has one host here`,
      ),
    );
  });
}

function controlOnProduct({ services, control }: Environment): readonly Finding[] {
  const host = control === undefined ? undefined : URL.parse(control.url)?.hostname;
  const [owner] = Object.entries(services).find(([, { url }]) => new URL(url).hostname === host) ?? [];
  return when(
    host !== undefined && owner !== undefined && !isLoopback(host),
    errorAt(['control', 'url'], `is on the host of \`${owner}\`: when that fails, nothing could be told`),
  );
}

/** Every text of the file that becomes part of an address. */
function pathsIn({ services, control, links, steps }: Environment): readonly (readonly [KeyPath, string])[] {
  const { auth, health, websocket } = steps;
  const texts: readonly (readonly [KeyPath, string | undefined])[] = [
    ...Object.entries(services).map(
      ([name, { revision }]) =>
        [['services', name, 'revision', 'path'], revision?.from === 'json' ? revision.path : undefined] as const,
    ),
    [['control', 'url'], control?.url],
    [['links', 'dashboard'], links.dashboard],
    [['links', 'runbook'], links.runbook],
    [['steps', 'auth', 'login', 'path'], auth !== undefined && 'path' in auth.login ? auth.login.path : undefined],
    [
      ['steps', 'auth', 'token', 'verification', 'path'],
      auth?.token.verification.kind === 'jwks' ? auth.token.verification.path : undefined,
    ],
    [['steps', 'auth', 'protectedResource', 'path'], auth?.protectedResource.path],
    [['steps', 'auth', 'refresh', 'path'], auth?.refresh?.path],
    ...(health?.documents ?? []).map(
      ({ path }, index) => [['steps', 'health', 'documents', index, 'path'], path] as const,
    ),
    [['steps', 'websocket', 'path'], websocket?.path],
  ];
  return texts.flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const]));
}

function secretInQuery([path, text]: readonly [KeyPath, string]): readonly Finding[] {
  const query = text.split('?')[1] ?? '';
  const name = [...new URLSearchParams(query).keys()].find((key) =>
    /token|jwt|secret|passw|api.?key|^key$|credential|signature/i.test(key),
  );
  return when(
    name !== undefined,
    errorAt(path, `carries \`${name}\` in its query, where load balancers log it; secrets go into secrets`),
  );
}
