/** Opens the state store that `GOLDEN_PATH_STATE` names. */
import type { StateStore } from '../../core/ports.ts';

/** Longest wait for one state operation: with two of them a run still has most of its reserve left. */
const stateTimeoutMs = 5_000;

export type StateSetting =
  | { readonly kind: 'firestore'; readonly databaseId: string }
  | { readonly kind: 'sqlite'; readonly path: string };

export const stateSettingForm = '`firestore`, `firestore:<database>` or `sqlite:<path>`';

/** Reads a setting; null when it has another form than `stateSettingForm`. */
export function parseStateSetting(text: string): StateSetting | null {
  const [, kind, rest] = /^(firestore|sqlite)(?::(.+))?$/.exec(text) ?? [];
  if (kind === 'firestore') {
    return { kind, databaseId: rest ?? '(default)' };
  }
  return kind === 'sqlite' && rest !== undefined ? { kind, path: rest } : null;
}

export async function openStateStore(setting: StateSetting, projectId: string): Promise<StateStore> {
  if (setting.kind === 'sqlite') {
    const { openSqliteStore } = await import('./sqlite.ts');
    return openSqliteStore(setting.path);
  }
  const { openFirestoreStore } = await import('./firestore.ts');
  return openFirestoreStore({ projectId, databaseId: setting.databaseId, timeoutMs: stateTimeoutMs, nowMs: Date.now });
}
