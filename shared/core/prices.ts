/** Google's list prices for everything that a deployment uses, with where and when they were read. */

export interface Price {
  readonly title: string;
  /** What is counted, in the plural. */
  readonly unit: string;
  /** US dollars for `per` units. */
  readonly usd: number;
  readonly per: number;
  /** Units a month that cost nothing, in a billing account or project that uses nothing else. */
  readonly free: number;
  /** Google's page and when it was read. */
  readonly source: string;
}

/** A month of the estimate. */
export const daysAMonth = 30;

/** List prices of us-central1, in the order in which they are shown. */
export const prices = {
  scheduler: {
    title: 'Cloud Scheduler: jobs',
    unit: 'jobs',
    usd: 0.1,
    per: 1,
    free: 3,
    source: 'cloud.google.com/scheduler/pricing, 2026-08',
  },
  requests: {
    title: 'Cloud Run functions: requests',
    unit: 'requests',
    usd: 0.4,
    per: 1e6,
    free: 2e6,
    source: 'cloud.google.com/run/pricing, 2026-08-29',
  },
  processor: {
    title: 'Cloud Run functions: processor',
    unit: 'vCPU-s',
    usd: 0.000_024,
    per: 1,
    free: 180_000,
    source: 'cloud.google.com/run/pricing, 2026-08-29',
  },
  memory: {
    title: 'Cloud Run functions: memory',
    unit: 'GiB-s',
    usd: 0.000_002_5,
    per: 1,
    free: 360_000,
    source: 'cloud.google.com/run/pricing, 2026-08-29',
  },
  metrics: {
    title: 'Cloud Monitoring: metrics taken in',
    unit: 'MiB',
    usd: 0.258,
    per: 1,
    free: 150,
    source: 'cloud.google.com/stackdriver/pricing, 2026-08-29',
  },
  logs: {
    title: 'Cloud Logging: log lines',
    unit: 'GiB',
    usd: 0.5,
    per: 1,
    free: 50,
    source: 'cloud.google.com/stackdriver/pricing, 2026-08-29',
  },
  reads: {
    title: 'Firestore: reads',
    unit: 'documents',
    usd: 0.03,
    per: 1e5,
    free: 50_000 * daysAMonth,
    source: 'cloud.google.com/firestore/pricing, 2026-11',
  },
  writes: {
    title: 'Firestore: writes',
    unit: 'documents',
    usd: 0.09,
    per: 1e5,
    free: 20_000 * daysAMonth,
    source: 'cloud.google.com/firestore/pricing, 2026-11',
  },
  secrets: {
    title: 'Secret Manager: versions',
    unit: 'versions',
    usd: 0.06,
    per: 1,
    free: 6,
    source: 'cloud.google.com/secret-manager/pricing, 2026-11',
  },
  images: {
    title: 'Artifact Registry: images',
    unit: 'GiB',
    usd: 0.1,
    per: 1,
    free: 0.5,
    source: 'cloud.google.com/artifact-registry/pricing, 2026-08-29',
  },
} as const satisfies Readonly<Record<string, Price>>;

export type Item = keyof typeof prices;

export const items: readonly Item[] = Object.keys(prices).filter((key): key is Item => Object.hasOwn(prices, key));
