import { messageOf } from '../core/errors.ts';
import type { AppDeps } from './app-deps.ts';
import type { Readiness } from './schemas/health.ts';
import { within } from '../core/within.ts';

export type ReadinessDeps = Pick<
  AppDeps,
  'roles' | 'mode' | 'version' | 'standIns' | 'store' | 'queue' | 'realtime'
>;

const CHECK_WITHIN_MS = 2_000;

type Check = NonNullable<Readiness['dependencies']>[string];

/** Every role needs Postgres, and nothing else: without the queue or Web PubSub things are late, not lost. */
export async function isReady(deps: Pick<ReadinessDeps, 'store'>): Promise<Check> {
  return check(() => deps.store.ping());
}

/** The whole picture, for whoever may see it. */
export async function readinessDetail(deps: ReadinessDeps): Promise<Readiness> {
  const [postgres, queue, realtime] = await Promise.all([
    isReady(deps),
    hasRole(deps, 'workers', 'scheduler') ? check(() => deps.queue.ping()) : undefined,
    hasRole(deps, 'workers', 'api') ? check(() => deps.realtime.ping()) : undefined,
  ]);
  return {
    status: postgres.ok ? 'ready' : 'not_ready',
    mode: deps.mode,
    version: deps.version,
    roles: [...deps.roles],
    standIns: [...deps.standIns],
    dependencies: {
      postgres,
      ...(queue !== undefined && { queue }),
      ...(realtime !== undefined && { realtime }),
    },
  };
}

function hasRole(deps: Pick<ReadinessDeps, 'roles'>, ...roles: AppDeps['roles'][number][]): boolean {
  return roles.some((role) => deps.roles.includes(role));
}

async function check(ask: () => Promise<void>): Promise<Check> {
  try {
    await within(CHECK_WITHIN_MS, ask());
    return { ok: true };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}
