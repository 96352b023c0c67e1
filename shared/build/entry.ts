/**
 * The text from which the bundle grows. The handlers are exported under the names of their targets, because a framework
 * that is not the one in the bundle has a registry of its own and looks there. `start` is the framework's own start.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { functionName, steps } from '../core/step.ts';

/** Its files are named by path: the package exports neither its registry nor its start. */
export const frameworkFolder = dirname(createRequire(import.meta.url).resolve('@google-cloud/functions-framework'));

export function entryText(): string {
  const file = (name: string): string => JSON.stringify(join(frameworkFolder, name));
  return `
    require('./functions/index.ts');
    const { getRegisteredFunction } = require(${file('function_registry.js')});
    for (const target of ${JSON.stringify(steps.map(functionName))}) {
      exports[target] = getRegisteredFunction(target).userFunction;
    }
    exports.start = () => require(${file('main.js')});
  `;
}
