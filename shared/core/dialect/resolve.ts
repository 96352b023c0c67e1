/** From the settings of an environment to its dialect. */
import type { DialectSettings } from '../environment/agent.ts';
import type { Dialect } from './dialect.ts';
import { genericDialect } from './generic.ts';
import { netraDialect } from './netra.ts';

export function dialectOf(settings: DialectSettings): Dialect {
  switch (settings.kind) {
    case 'netra':
      return netraDialect(settings);
    case 'generic':
      return genericDialect(settings);
  }
}
