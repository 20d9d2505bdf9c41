/** The clientState proves itself, but the notification is not its subscription's in every respect; `core/authority.ts` judges. */
export const SUSPICION_CODES = [
  'unknown_subscription',
  'wrong_tenant',
  'unknown_graph_id',
  'malformed_resource',
  'resource_outside',
  'unknown_change_type',
  'unknown_lifecycle_event',
] as const;
export type SuspicionCode = (typeof SUSPICION_CODES)[number];

/** Why a notification was set aside. `docs/operating.md` has a word for each. */
export const SET_ASIDE_CODES = [
  ...SUSPICION_CODES,
  /** The row of the inbox is not what we write. */
  'unreadable',
  /** A fault of ours while the event was made. */
  'processing_failed',
  /** The database calls the event's data bad. */
  'refused_by_database',
  /** Its worker never came to an end with it. */
  'attempted_too_often',
] as const;
export type SetAsideCode = (typeof SET_ASIDE_CODES)[number];
