/** The descriptions of Google's APIs in the bundle are cut down; what is left speaks the very same on the wire. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';

import protobuf from 'protobufjs';

import { cutProtos, type Kept } from '../../shared/build/protos.ts';

const { resolve } = createRequire(import.meta.url);

interface Api {
  readonly file: string;
  readonly kept: Kept;
  /** A message of each type, with much in it. */
  readonly messages: Readonly<Record<string, object>>;
  readonly gone: readonly string[];
}

const time = { seconds: 1_795_557_448, nanos: 357_000_000 };

const apis: readonly Api[] = [
  {
    file: '@google-cloud/firestore-api/build/protos/protos.json',
    kept: { methods: { 'google.firestore.v1.Firestore': ['BatchGetDocuments', 'Commit'] }, messages: [] },
    messages: {
      'google.firestore.v1.BatchGetDocumentsRequest': {
        database: 'projects/p/databases/d',
        documents: ['a', 'b'],
        mask: { fieldPaths: ['json'] },
        newTransaction: { readOnly: { readTime: time } },
      },
      'google.firestore.v1.BatchGetDocumentsResponse': {
        found: { name: 'a', fields: { json: { stringValue: '{"ü":1}' } }, createTime: time, updateTime: time },
        readTime: time,
      },
      'google.firestore.v1.CommitRequest': {
        database: 'projects/p/databases/d',
        writes: [
          {
            update: {
              name: 'a',
              fields: { list: { arrayValue: { values: [{ integerValue: 7 }, { nullValue: 0 }] } } },
            },
            updateMask: { fieldPaths: ['list'] },
            currentDocument: { updateTime: time },
            updateTransforms: [{ fieldPath: 'at', setToServerValue: 1 }],
          },
        ],
      },
      'google.firestore.v1.CommitResponse': { writeResults: [{ updateTime: time }], commitTime: time },
    },
    gone: ['google.firestore.admin.v1.FirestoreAdmin', 'google.firestore.v1.RunQueryRequest', 'google.api.Http'],
  },
  {
    file: '@google-cloud/monitoring/build/protos/protos.json',
    kept: {
      methods: { 'google.monitoring.v3.MetricService': ['CreateTimeSeries'] },
      messages: ['google.monitoring.v3.CreateTimeSeriesSummary'],
    },
    messages: {
      'google.monitoring.v3.CreateTimeSeriesRequest': {
        name: 'projects/p',
        timeSeries: [
          {
            metric: { type: 'custom.googleapis.com/golden_path/up', labels: { verdict: 'pass' } },
            resource: { type: 'generic_task', labels: { task_id: 'auth' } },
            metricKind: 3,
            valueType: 5,
            points: [
              {
                interval: { startTime: time, endTime: time },
                value: {
                  distributionValue: {
                    count: 2,
                    mean: 1.5,
                    bucketOptions: { exponentialBuckets: { numFiniteBuckets: 4, growthFactor: 2, scale: 1 } },
                    bucketCounts: [0, 2],
                  },
                },
              },
            ],
          },
        ],
      },
      'google.monitoring.v3.CreateTimeSeriesSummary': {
        totalPointCount: 4,
        successPointCount: 3,
        errors: [{ status: { code: 3, message: 'no' }, pointCount: 1 }],
      },
    },
    gone: ['google.monitoring.v3.AlertPolicyService', 'google.monitoring.v3.ListTimeSeriesRequest'],
  },
];

function bytesOf(root: protobuf.Root, type: string, message: object): Uint8Array {
  const found = root.lookupType(type);
  return found.encode(found.fromObject(message)).finish();
}

describe('A cut description of an API', () => {
  for (const { file, kept, messages, gone } of apis) {
    const whole = readFileSync(resolve(file), 'utf8');
    const cut = cutProtos(whole, kept);
    const wholeRoot = protobuf.Root.fromJSON(JSON.parse(whole));
    const cutRoot = protobuf.Root.fromJSON(JSON.parse(cut));

    for (const [type, message] of Object.entries(messages)) {
      it(`writes and reads ${type} as the whole one does`, () => {
        const bytes = bytesOf(wholeRoot, type, message);
        assert.ok(bytes.length > 10, 'the message is not empty');
        assert.deepEqual(Buffer.from(bytesOf(cutRoot, type, message)), Buffer.from(bytes));
        const read = (root: protobuf.Root) => root.lookupType(type).decode(bytes).toJSON();
        assert.deepEqual(read(cutRoot), read(wholeRoot));
      });
    }

    it(`of ${file.split('/')[1]} has the methods that are called, whole, and no others`, () => {
      for (const [service, names] of Object.entries(kept.methods)) {
        const { methods } = cutRoot.lookupService(service);
        const original = wholeRoot.lookupService(service).methods;
        assert.deepEqual(Object.keys(methods).toSorted(), names.toSorted());
        for (const name of names) {
          const facts = (method: protobuf.Method | undefined) => [
            method?.requestType,
            method?.responseType,
            method?.requestStream,
            method?.responseStream,
          ];
          assert.deepEqual(facts(methods[name]), facts(original[name]));
        }
      }
    });

    it(`of ${file.split('/')[1]} has lost the rest`, () => {
      assert.ok(cut.length < whole.length / 20, `${cut.length} of ${whole.length} characters`);
      for (const name of gone) {
        assert.ok(wholeRoot.lookup(name) !== null && cutRoot.lookup(name) === null, name);
      }
    });
  }

  it('is refused when it has no longer what is called, or what a message is made of', () => {
    const json = (nested: object) => JSON.stringify({ nested });
    const keep = (service: string, messages: readonly string[] = []): Kept => ({
      methods: { [service]: ['Do'] },
      messages,
    });
    assert.throws(() => cutProtos(json({}), keep('a.Service')), /no a\.Service/);
    const part = { A: { fields: { b: { type: 'B', id: 1 }, n: { type: 'int32', id: 2 } } } };
    assert.throws(() => cutProtos(json(part), { methods: {}, messages: ['A'] }), /no B, which A needs/);
  });

  it('finds a type from the inside out', () => {
    const inner = { fields: { own: { type: 'Part', id: 1 } }, nested: { Part: { fields: {} } } };
    const json = JSON.stringify({
      nested: { p: { nested: { Whole: inner, Part: { values: { X: 0 } } } }, Part: { values: {} } },
    });
    const cut: unknown = JSON.parse(cutProtos(json, { methods: {}, messages: ['p.Whole'] }));
    assert.deepEqual(cut, {
      nested: {
        p: { nested: { Whole: { fields: { own: { type: 'Part', id: 1 } }, nested: { Part: { fields: {} } } } } },
      },
    });
  });
});
