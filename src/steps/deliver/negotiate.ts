import { isSubscriptionKey } from '../../core/client-state.ts';
import { HubError, type Flaw } from '../../core/errors.ts';
import { groupFlaw, subscriptionOfGroup, type NegotiatedClaims } from '../../core/negotiated-token.ts';
import { isGroup } from '../../core/realtime.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DestinationStore } from '../../ports/destination-store.ts';
import type { GraphApi } from '../../ports/graph-api.ts';
import type { RealtimeChannel } from '../../ports/realtime-channel.ts';
import type { SignedTokens } from '../../ports/signed-tokens.ts';
import type { SubscriptionStore } from '../../ports/subscription-store.ts';

export interface NegotiateDeps {
  store: Pick<SubscriptionStore, 'findWatches'> & Pick<DestinationStore, 'grantGroups'>;
  graph: Pick<GraphApi, 'tenants'>;
  realtime: Pick<RealtimeChannel, 'clientUrl'>;
  negotiatedTokens: SignedTokens;
  clock: Clock;
}

export interface NegotiateWish {
  /** Every tenant when left out. */
  groups?: readonly string[];
  userId?: string;
  ttlMinutes?: number;
}

export type NegotiateOutcome =
  | { status: 'granted'; url: string; groups: string[]; token: string; expiresAt: string }
  | { status: 'invalid'; flaws: Flaw[] };

const DEFAULT_TTL_MINUTES = 60;

/**
 * Grants a client its groups. The grant is stored before the answer, so that no event is passed over between the answer and the
 * client's first read. Throws `realtime_unavailable` when Web PubSub gives no client URL.
 */
export async function negotiate(deps: NegotiateDeps, wish: NegotiateWish): Promise<NegotiateOutcome> {
  const { userId, ttlMinutes = DEFAULT_TTL_MINUTES } = wish;
  const tenants = deps.graph.tenants();
  const groups = [...new Set(wish.groups ?? tenants.map((tenant) => `tenant.${tenant}`))];
  const flaws = await flawsOf(deps, groups, tenants, userId);
  if (flaws.length > 0) return { status: 'invalid', flaws };
  const expiresAt = wholeSecond(deps.clock.now() + ttlMinutes * 60_000);
  const url = await clientUrl(deps.realtime, {
    groups,
    ttlMinutes,
    ...(userId !== undefined && { userId }),
  });
  const claims: NegotiatedClaims = { groups };
  const token = await deps.negotiatedTokens.sign({ ...claims }, expiresAt);
  await deps.store.grantGroups(groups, expiresAt);
  return { status: 'granted', url, groups, token, expiresAt };
}

async function flawsOf(
  deps: NegotiateDeps,
  groups: readonly string[],
  tenants: readonly string[],
  userId: string | undefined,
): Promise<Flaw[]> {
  const keys = groups
    .map(subscriptionOfGroup)
    .filter((key) => key !== null)
    .filter(isSubscriptionKey);
  const watches = keys.length === 0 ? [] : await deps.store.findWatches(keys);
  const owners = { tenants, subscriptions: watches.map(({ key }) => key), userId };
  const flaws: Flaw[] = groups.flatMap((group, index) => {
    const message = groupFlaw(group, owners);
    return message === null ? [] : [{ path: `/groups/${index}`, message }];
  });
  if (userId !== undefined && !isGroup(`user.${userId}`))
    flaws.push({ path: '/userId', message: 'has to be printable ASCII without spaces' });
  return flaws;
}

async function clientUrl(
  realtime: NegotiateDeps['realtime'],
  grant: Parameters<RealtimeChannel['clientUrl']>[0],
): Promise<string> {
  try {
    return await realtime.clientUrl(grant);
  } catch (error) {
    throw new HubError(
      'realtime_unavailable',
      'Web PubSub gives no client URL. Read /api/v1/events or its stream until it is back.',
      { cause: error },
    );
  }
}

function wholeSecond(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString();
}
