/** Asks a server by the tools of others, and reads off what they say that it took, in milliseconds. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../../shared/local/free-port.ts';
import { findCommand } from './peers.ts';
import { askWhenUp, pinned } from './timed-process.ts';

const run = promisify(execFile);

export interface Rival {
  readonly name: string;
  /** One request; what the tool reports for all of it. */
  readonly ask: (url: string) => Promise<number>;
}

export interface Rivals extends AsyncDisposable {
  readonly rivals: readonly Rival[];
  readonly skipped: readonly string[];
}

export const blackboxName = 'blackbox_exporter, probe_duration_seconds';

export async function openRivals(folder: string): Promise<Rivals> {
  const curl = findCommand('curl', 'Debian: curl');
  const checkHttp = findCommand('check_http', 'Debian: monitoring-plugins-basic');
  const blackbox = findCommand('prometheus-blackbox-exporter', 'Debian: prometheus-blackbox-exporter');
  const exporter = 'path' in blackbox ? await startBlackbox(blackbox.path, folder) : null;
  return {
    rivals: [
      ...(exporter === null ? [] : [exporter.rival]),
      ...('path' in curl ? [{ name: 'curl, time_total', ask: askCurl(curl.path) }] : []),
      ...('path' in checkHttp ? [{ name: 'check_http, time', ask: askCheckHttp(checkHttp.path) }] : []),
    ],
    skipped: [curl, checkHttp, blackbox].flatMap((found) => ('missing' in found ? [found.missing] : [])),
    [Symbol.asyncDispose]: async () => {
      exporter?.process.kill('SIGKILL');
    },
  };
}

function askCurl(path: string): Rival['ask'] {
  return async (url) => {
    const [command, args] = pinned(path, ['-s', '-o', '/dev/null', '-w', '%{time_total}', url]);
    return Number((await run(command, args)).stdout) * 1_000;
  };
}

function askCheckHttp(path: string): Rival['ask'] {
  return async (url) => {
    const { hostname, port, pathname } = new URL(url);
    const [command, args] = pinned(path, ['-I', hostname, '-p', port, '-u', pathname]);
    return Number(/time=([\d.]+)s/.exec((await run(command, args)).stdout)?.[1]) * 1_000;
  };
}

async function startBlackbox(path: string, folder: string): Promise<{ rival: Rival; process: ChildProcess }> {
  const config = join(folder, 'blackbox.yml');
  writeFileSync(config, 'modules:\n  http_2xx:\n    prober: http\n    http: { preferred_ip_protocol: ip4 }\n');
  const port = await freePort();
  const listen = `--web.listen-address=127.0.0.1:${port}`;
  const [command, args] = pinned(path, [`--config.file=${config}`, listen, '--log.level=error']);
  const process = spawn(command, args, { stdio: 'ignore' });
  await askWhenUp(port, { method: 'GET', path: '/-/healthy', body: '' });
  const ask: Rival['ask'] = async (url) => {
    const path = `/probe?module=http_2xx&target=${encodeURIComponent(url)}`;
    const { body } = await askWhenUp(port, { method: 'GET', path, body: '' });
    return Number(/^probe_duration_seconds (\S+)$/m.exec(body)?.[1]) * 1_000;
  };
  return { rival: { name: blackboxName, ask }, process };
}
