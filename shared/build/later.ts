/**
 * Takes the clients of the cloud out of the functions' file into one of their own: they are most of the code, a run
 * needs them only before and after it measures, and what is not loaded costs no time to load.
 */
import type { Plugin } from 'esbuild';

/** By the names by which the code imports them. The parser of YAML is for laptops: deployed files are JSON. */
const packages = [
  '@google-cloud/firestore',
  '@google-cloud/monitoring/build/src/v3/metric_service_client.js',
  '@grpc/grpc-js',
  '@slack/web-api',
  'yaml',
];

/** The text from which the second file grows. */
export function laterText(): string {
  return packages
    .map((name) => `exports[${JSON.stringify(name)}] = () => require(${JSON.stringify(name)});`)
    .join('\n');
}

/** Leads imports of these packages to the second file. */
export const fromLater: Plugin = {
  name: 'later',
  setup: (build) => {
    const names = packages.map((name) => name.replaceAll(/[.@/-]/g, String.raw`\$&`)).join('|');
    build.onResolve({ filter: new RegExp(`^(?:${names})$`) }, ({ path }) => ({ path, namespace: 'later' }));
    build.onResolve({ filter: /^\.\/later\.js$/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: 'later' }, ({ path }) => ({
      contents: `module.exports = require('./later.js')[${JSON.stringify(path)}]();`,
    }));
  },
};
