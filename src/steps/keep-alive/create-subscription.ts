import { randomInt } from 'node:crypto';
import type { Flaw } from '../../core/errors.ts';
import type { Refusal } from '../../core/remedy.ts';
import {
  CHANGE_TYPES,
  RESOURCE_KINDS,
  watchedResource,
  type ChangeType,
} from '../../core/resource-catalogue.ts';
import type { FetchMode, Subscription } from '../../core/subscription.ts';
import type { GraphApi } from '../../ports/graph-api.ts';
import type { NewSubscription, SubscriptionStore } from '../../ports/subscription-store.ts';
import { renewSubscription, type RenewDeps } from './renew-subscription.ts';

export interface CreateSubscriptionDeps extends RenewDeps {
  store: RenewDeps['store'] & Pick<SubscriptionStore, 'addSubscription' | 'findSubscription'>;
  graph: RenewDeps['graph'] & Pick<GraphApi, 'tenants'>;
}

export interface SubscriptionWish {
  resource: string;
  /** The only tenant when left out. */
  tenant?: string;
  /** All the resource allows when left out. */
  changeTypes?: readonly ChangeType[];
  rich?: boolean;
  fetch?: FetchMode;
}

export type CreateOutcome =
  /** Graph accepted it. */
  | { status: 'created'; subscription: Subscription }
  /** Kept as `creating`: Graph cannot be reached or throttles, the scheduler goes on trying. */
  | { status: 'accepted'; subscription: Subscription }
  | { status: 'invalid'; flaws: Flaw[] }
  | { status: 'conflict'; key: string }
  /** This hub stops, so Graph cannot validate its address; nothing was kept. */
  | { status: 'stopping' }
  /** Graph refused for good; nothing was kept. */
  | ({ status: 'refused' } & Refusal);

/** Watches something new. What can be known to fail is refused before Graph is asked. */
export async function createSubscription(
  deps: CreateSubscriptionDeps,
  wish: SubscriptionWish,
): Promise<CreateOutcome> {
  if (deps.stopping.aborted) return { status: 'stopping' };
  const checked = checkWish(wish, deps.graph.tenants());
  if ('flaws' in checked) return { status: 'invalid', flaws: checked.flaws };
  const added = await deps.store.addSubscription(checked.wanted);
  if (added.status === 'conflict') return added;
  const { key } = added.subscription;
  const outcome = await renewSubscription(deps, key, 'forget');
  const { status } = outcome;
  if (status === 'refused' || status === 'conflict' || status === 'stopping') return outcome;
  const subscription = (await deps.store.findSubscription(key)) ?? added.subscription;
  return { status: subscription.graphId === null ? 'accepted' : 'created', subscription };
}

function checkWish(
  wish: SubscriptionWish,
  tenants: readonly string[],
): { wanted: NewSubscription } | { flaws: Flaw[] } {
  const flaws: Flaw[] = [];
  const tenant = wish.tenant ?? (tenants.length === 1 ? tenants[0] : undefined);
  if (tenant === undefined)
    flaws.push({ path: '/tenant', message: 'is needed: this hub has several tenants' });
  else if (!tenants.includes(tenant))
    flaws.push({ path: '/tenant', message: `is not a tenant of this hub (it has ${tenants.join(', ')})` });
  const watched = watchedResource(wish.resource);
  if (watched === null) flaws.push({ path: '/resource', message: unknownResource(wish.resource) });
  const changeTypes = wish.changeTypes ?? watched?.kind.changeTypes ?? [];
  for (const each of changeTypes)
    if (watched !== null && !watched.kind.changeTypes.includes(each))
      flaws.push({
        path: '/changeTypes',
        message: `cannot have ${each}: for ${watched.path} Graph tells of ${watched.kind.changeTypes.join(', ')}`,
      });
  if (wish.rich === true)
    flaws.push({
      path: '/rich',
      message: 'is not available yet: leave it out, the hub fetches what changed',
    });
  if (wish.fetch === 'delta')
    flaws.push({ path: '/fetch', message: 'delta is not available for this resource yet: use get or none' });
  if (flaws.length > 0 || tenant === undefined || watched === null) return { flaws };
  return {
    wanted: {
      key: newKey(),
      tenant,
      resource: watched.path,
      changeTypes: CHANGE_TYPES.filter((each) => changeTypes.includes(each)),
      rich: false,
      fetch: wish.fetch ?? 'get',
    },
  };
}

function unknownResource(resource: string): string {
  const examples = RESOURCE_KINDS.map((kind) => kind.example).join(', ');
  return resource.includes('?')
    ? 'cannot have query options yet: give the path alone'
    : /^(https?:\/\/[^/]+)?\/?(v1\.0|beta)\//i.test(resource)
      ? 'begins with an address or a version of Graph: give the path behind it alone, such as users/{id}/messages'
      : /^\/?me(\/|$)/i.test(resource)
        ? "begins with me, but an app has no me: write users/{id} with the user's object id or principal name"
        : `is not a resource this hub can watch; it watches ${examples}`;
}

/** 24 of `[a-z0-9]`: 124 bits. */
function newKey(): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: 24 }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}
