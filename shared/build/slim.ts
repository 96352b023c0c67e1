/**
 * Leaves out of the bundle what packages load at their start and the functions never use. Each cut names one file of
 * one package and says why; what is left behaves as before, and the tests serve the cut bundle. A file that a cut no
 * longer finds ends the build, so that no update undoes one unnoticed.
 */
import { readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';

import type { Plugin } from 'esbuild';

import { cutProtos, type Kept } from './protos.ts';

interface Cut {
  readonly file: RegExp;
  /** Gets what the file holds; gives what the bundle holds instead. */
  readonly contents: (source: string) => string;
}

/** Media types, of 2,500 from which Express builds an index at its start, that the functions take and give. */
const mediaTypes: ReadonlySet<string> = new Set([
  'application/json',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'text/html',
  'text/plain',
]);

export const cuts: readonly Cut[] = [
  {
    // Of undici the one client that a probe asks with: its index loads a hundred modules more, `fetch` among them.
    file: /\/undici\/index\.js$/,
    contents: () => `
      exports.Client = require('./lib/dispatcher/client.js');
      exports.errors = require('./lib/core/errors.js');
    `,
  },
  {
    // HTTP/2, which a probe does not speak, is loaded when a connection asks for it.
    file: /\/undici\/lib\/dispatcher\/client\.js$/,
    contents: (source) =>
      replaced(source, `require('./client-h2.js')`, `(...args) => require('./client-h2.js')(...args)`),
  },
  {
    file: /\/mime-db\/db\.json$/,
    contents: (source) => {
      const all: readonly (readonly [string, unknown])[] = Object.entries(Object(JSON.parse(source)));
      return JSON.stringify(Object.fromEntries(all.filter(([type]) => mediaTypes.has(type))));
    },
  },
  {
    // Warns of deprecated calls, and asks V8 for its caller's line, which counts all lines of the bundle for that.
    file: /\/depd\/index\.js$/,
    contents: () => `
      module.exports = () => Object.assign(() => {}, { function: (wrapped) => wrapped, property: () => {} });
    `,
  },
  // The tables of body-parser for every coding of text but Unicode: Cloud Scheduler sends JSON.
  { file: /\/iconv-lite\/encodings\/(?:dbcs-data|sbcs-data|sbcs-data-generated)\.js$/, contents: () => '' },
  described(/\/firestore-api\/build\/protos\/protos\.json$/, {
    methods: { 'google.firestore.v1.Firestore': ['BatchGetDocuments', 'Commit'] },
    messages: [],
  }),
  described(/\/monitoring\/build\/protos\/protos\.json$/, {
    methods: { 'google.monitoring.v3.MetricService': ['CreateTimeSeries'] },
    // What the API says of points that it refuses.
    messages: ['google.monitoring.v3.CreateTimeSeriesSummary'],
  }),
  // A client for it is part of every client of Google's, and is never asked.
  described(/\/google-gax\/build\/protos\/locations\.json$/, {
    methods: { 'google.cloud.location.Locations': [] },
    messages: [],
  }),
  // Messages written out as classes, which are only passed on to who wants them.
  { file: /\/google-gax\/build\/protos\/(?:iam_service|locations|operations)\.js$/, contents: () => '' },
  {
    file: /\/firestore-api\/build\/protos\/protos\.js$/,
    contents: () => 'exports.google = { firestore: { v1: {} } };',
  },
  // The client that makes and removes databases.
  { file: /\/firestore-api\/build\/src\/v1\/firestore_admin_client\.js$/, contents: () => '' },
];

/** The description of an API, of which a client needs only the methods that are called. */
function described(file: RegExp, kept: Kept): Cut {
  return { file, contents: (source) => cutProtos(source, kept) };
}

function replaced(source: string, text: string, by: string): string {
  if (!source.includes(text)) {
    throw new Error(`${text} is no longer there`);
  }
  return source.replace(text, by);
}

/** Notes in `made` which cuts found their file. */
export function slim(made: Set<Cut>): Plugin {
  return {
    name: 'slim',
    setup: (build) => {
      for (const cut of cuts) {
        build.onLoad({ filter: cut.file }, ({ path }) => {
          made.add(cut);
          return {
            contents: cut.contents(readFileSync(path, 'utf8')),
            resolveDir: dirname(path),
            loader: extname(path) === '.json' ? 'json' : 'js',
          };
        });
      }
    },
  };
}

/** Sentences about cuts whose file is no longer where it was. */
export function missed(made: ReadonlySet<Cut>): readonly string[] {
  return cuts.filter((cut) => !made.has(cut)).map(({ file }) => `no file is left out by ${file.source}`);
}
