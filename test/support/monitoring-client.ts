/** Google's own client, pointed at the local Cloud Monitoring. */
import { MetricServiceClient, type protos } from '@google-cloud/monitoring';
import { credentials } from '@grpc/grpc-js';

export type Series = protos.google.monitoring.v3.ITimeSeries;

export const project = 'my-project';

export function openMonitoringClient(address: string): MetricServiceClient {
  const { hostname, port } = new URL(`http://${address}`);
  return new MetricServiceClient({
    projectId: project,
    apiEndpoint: hostname,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    clientOptions: { universeDomain: 'googleapis.com' },
  });
}

/** Timestamp of the API from Unix milliseconds. */
export function at(unixMs: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(unixMs / 1_000), nanos: Math.round((unixMs % 1_000) * 1e6) };
}

export const genericTask = {
  type: 'generic_task',
  labels: {
    project_id: project,
    location: 'us-central1',
    namespace: 'staging',
    job: 'golden-path',
    task_id: 'auth',
  },
};
