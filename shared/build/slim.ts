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

/** What stands there, and what the bundle has for it. */
type Change = readonly [text: string | RegExp, by: string];

/** Node's assertions bring a comparer of objects and its colours; they are loaded when one fails. */
const lateAssert: Change = [`require('node:assert')`, `(...args) => args[0] || require('node:assert')(...args)`];

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
      replaced(source, [`require('./client-h2.js')`, `(...args) => require('./client-h2.js')(...args)`], lateAssert),
  },
  {
    file: /\/undici\/lib\/(?:core\/(?:connect|request|util)|dispatcher\/client-h1)\.js$/,
    contents: (source) => replaced(source, lateAssert),
  },
  {
    // The decoders of bodies, of which Cloud Scheduler sends none that need one.
    file: /\/body-parser\/lib\/read\.js$/,
    contents: (source) =>
      replaced(
        source,
        [`= require('node:zlib')`, `= () => require('node:zlib')`],
        [`'createZstdDecompress' in zlib`, 'true'],
        ['zlib.create', 'zlib().create'],
      ),
  },
  // Tags by which browsers keep an answer, and signatures of cookies: both ask for the module of cryptography.
  { file: /\/etag\/index\.js$/, contents: () => 'module.exports = () => undefined;' },
  { file: /\/cookie-signature\/index\.js$/, contents: () => '' },
  {
    // Tables of all letters of Unicode, for names of parameters in paths.
    file: /\/path-to-regexp\/dist\/index\.js$/,
    contents: (source) =>
      replaced(source, [/^const (ID\w*) = (\/.*\/u);$/gm, 'const $1 = { test: (text) => $2.test(text) };']),
  },
  {
    // A tree of common header names, built at its start to spare the lowering of a name.
    file: /\/undici\/lib\/core\/tree\.js$/,
    contents: () => 'exports.tree = { lookup: () => null };',
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
  {
    // Notes on standard error that nobody switches on, for which it looks at the terminal at its start.
    file: /\/debug\/src\/index\.js$/,
    contents: () => 'module.exports = () => Object.assign(() => {}, { enabled: false });',
  },
  {
    // Reads forms, of which Cloud Scheduler sends none, and is never asked to write one.
    file: /\/qs\/lib\/index\.js$/,
    contents: () => `exports.parse = (...args) => require('./parse')(...args);`,
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

/** Each of the changes is made wherever it can be, and throws when it can be made nowhere. */
function replaced(source: string, ...changes: readonly Change[]): string {
  return changes.reduce((before, [text, by]) => {
    const after = before.replaceAll(text, by);
    if (after === before) {
      throw new Error(`${String(text)} is no longer there`);
    }
    return after;
  }, source);
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
