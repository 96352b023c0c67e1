/** Finds what the bench compares with; each is a path, or a sentence that says why it is not there. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

export type Found = { readonly path: string } | { readonly missing: string };

export const peersFolder = join(import.meta.dirname, 'peers');

/** Installs Google's synthetics SDK into its own folder at its first use: 270 MB that nothing else needs. */
export function findSynthetics(): Found {
  const installed = join(peersFolder, 'node_modules/@google-cloud/synthetics-sdk-api');
  if (!existsSync(installed)) {
    process.stderr.write("installing Google's synthetics SDK for comparison (npm ci in test/bench/peers)\n");
    const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    const { status } = spawnSync('npm', options, { cwd: peersFolder, stdio: 'ignore', timeout: 300_000 });
    if (status !== 0) {
      return { missing: "Google's synthetics SDK could not be installed (npm ci in test/bench/peers failed)" };
    }
  }
  return { path: peersFolder };
}

/** Debian puts the checks of monitoring-plugins outside of the PATH. */
const pluginFolders = ['/usr/lib/nagios/plugins', '/usr/lib64/nagios/plugins'];

export function findCommand(name: string, from: string): Found {
  const places = [...(process.env['PATH'] ?? '').split(':'), ...pluginFolders].map((folder) => join(folder, name));
  const path = places.find((place) => existsSync(place));
  return path === undefined ? { missing: `${name} is not installed (${from})` } : { path };
}
