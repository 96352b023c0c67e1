/** Holds a process to half a processor, as small instances are held, by the kernel's own means. */
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Linux has its processor quotas, in both forms. */
const legacy = '/sys/fs/cgroup/cpu';
const unified = '/sys/fs/cgroup';

const name = 'golden-path-bench';
const periodUs = 100_000;

export interface Quota extends Disposable {
  readonly hold: (pid: number) => void;
}

/** A sentence when this machine does not let us. */
export function halfProcessor(): Quota | string {
  return (
    tryQuota(join(legacy, name), [
      ['cpu.cfs_period_us', String(periodUs)],
      ['cpu.cfs_quota_us', String(periodUs / 2)],
    ]) ??
    tryQuota(join(unified, name), [['cpu.max', `${periodUs / 2} ${periodUs}`]]) ??
    'no processor quota can be set here (no cgroup that we may write)'
  );
}

function tryQuota(folder: string, settings: readonly (readonly [file: string, value: string])[]): Quota | null {
  try {
    mkdirSync(folder, { recursive: true });
    settings.forEach(([file, value]) => writeFileSync(join(folder, file), value, { flag: 'r+' }));
    return {
      hold: (pid) => writeFileSync(join(folder, 'cgroup.procs'), String(pid)),
      [Symbol.dispose]: () => removeEmpty(folder),
    };
  } catch {
    removeEmpty(folder);
    return null;
  }
}

/** A group can be removed once its processes are gone; an empty one that stays does no harm. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    return;
  }
}
