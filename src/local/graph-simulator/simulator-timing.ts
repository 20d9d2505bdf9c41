/*
 * Graph's times and manners. Times are as its documentation has them, and as options so that a test need not wait:
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */

/** Milliseconds. */
export interface SimulatorTiming {
  /** An endpoint has to answer the validation request within this. */
  handshakeTimeoutMs: number;
  /** How long notifications to one URL are collected, so that one post mixes subscriptions. */
  collectMs: number;
  firstTimeoutMs: number;
  retryTimeoutMs: number;
  /** Graph's intervals are unpublished; doubled from the first up to the longest. */
  retryFirstMs: number;
  retryMaxMs: number;
  giveUpAfterMs: number;
  /** Reauthorization is asked for so long after a subscription was created or renewed, and again until it is answered. */
  challengeAfterLeastMs: number;
  challengeAfterMostMs: number;
  challengeEveryMs: number;
}

export const GRAPH_TIMING: SimulatorTiming = {
  handshakeTimeoutMs: 10_000,
  collectMs: 50,
  firstTimeoutMs: 3_000,
  retryTimeoutMs: 10_000,
  retryFirstMs: 2_000,
  retryMaxMs: 600_000,
  giveUpAfterMs: 4 * 3_600_000,
  challengeAfterLeastMs: 20 * 60_000,
  challengeAfterMostMs: 50 * 60_000,
  challengeEveryMs: 15 * 60_000,
};

/** Probabilities, each 0 to 1, of what makes notifications harder than they need be. */
export interface SimulatorManners {
  /** A notification has no `id`. */
  withoutId: number;
  /** A notification names no etag. */
  withoutEtag: number;
  /** A notification is sent twice. Never one that has neither id nor etag, so that doubles can be told. */
  duplicate: number;
  /** A notification is held back for a while, and later ones overtake it. */
  holdBack: number;
  holdBackMaxMs: number;
}

export const GRAPH_MANNERS: SimulatorManners = {
  withoutId: 0.1,
  withoutEtag: 0.1,
  duplicate: 0.03,
  holdBack: 0.05,
  holdBackMaxMs: 1_500,
};

/** Everything in order, once, complete. */
export const PERFECT_MANNERS: SimulatorManners = {
  withoutId: 0,
  withoutEtag: 0,
  duplicate: 0,
  holdBack: 0,
  holdBackMaxMs: 0,
};
