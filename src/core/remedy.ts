/** What Graph's refusal of a subscription means, and what to do about it. */
export interface Refusal {
  code: string;
  message: string;
  remedy: string;
}

interface Known {
  status?: number;
  says?: RegExp;
  code: string;
  remedy: string;
}

/** A subscription of a tenant that this hub has no credential for. */
export const TENANT_UNKNOWN: Refusal = {
  code: 'tenant_unknown',
  message: 'This hub has no credential for the tenant of the subscription.',
  remedy:
    "Start the hub with the tenant's settings (AZURE_TENANT_ID …), or on a DATA_DIR or database of its own; or delete the subscription.",
};

/** Graph has no longer what we watch by. The reason lasts until it is created anew. */
export const REMOVED_BY_GRAPH: Refusal = {
  code: 'removed_by_graph',
  message: 'Graph removed the subscription.',
  remedy: 'Nothing to do: the hub creates it anew. If it keeps happening, check the consent and the mailbox.',
};

/** Graph asks a hub to prove its address before it accepts or renews; one that stops listens no longer. */
export const HUB_STOPPED: Refusal = {
  code: 'hub_stopped',
  message: 'The hub was stopping when Graph asked it to prove its address.',
  remedy: 'Nothing to do: the hub asks Graph again when it runs.',
};

/** Whether Graph refused for what it met at PUBLIC_URL. */
export function concernsEndpoint({ code }: Refusal): boolean {
  return code === 'endpoint_timed_out' || code === 'endpoint_unreachable';
}

/** Deleted at Graph, to be created anew at the hub's address of now. */
export const ADDRESS_CHANGED: Refusal = {
  code: 'address_changed',
  message: 'Graph posted to an address that the hub had before.',
  remedy: 'Nothing to do: the hub creates it anew at its address of now.',
};

/** The code of the reason while notifications are dropped because SECRETS_KEY does not prove them. */
export const WRONG_SECRET = 'wrong_secret';

/** @param version the short name of the key that the notifications were made with */
export function wrongSecret(version: string): Refusal {
  return {
    code: WRONG_SECRET,
    message: `Notifications for this subscription are dropped: SECRETS_KEY does not prove their clientState, which names the key ${version}.`,
    remedy:
      'If SECRETS_KEY was changed, put the old key back behind the new one (new,old) and restart. If the old key is lost, delete the subscription and create it again. If neither, somebody forges notifications; nothing of theirs is stored.',
  };
}

/** A principal name turned out to stand for what another of ours watches. @param key of that one */
export function alreadyWatched(key: string): Refusal {
  return {
    code: 'already_watched',
    message: `Subscription ${key} watches the same already.`,
    remedy: `Delete this one, or ${key}.`,
  };
}

/** First match wins. The wordings were seen in the field; Graph's own words are always shown beside the remedy. */
const KNOWN: readonly Known[] = [
  {
    says: /validation request timed out/i,
    code: 'endpoint_timed_out',
    remedy:
      'Graph could not get the validation token back within 10 seconds. Check that PUBLIC_URL reaches this hub from the internet, and that no cold start, proxy or firewall slows it.',
  },
  {
    says: /validation request failed/i,
    code: 'endpoint_unreachable',
    remedy:
      'Graph called PUBLIC_URL/graph/notifications and did not get its token back. Check that PUBLIC_URL is this hub, over https with a certificate the public trusts, and that no firewall or login stands before it.',
  },
  {
    says: /scheme='?http'? is not supported|must be https/i,
    code: 'https_required',
    remedy: 'Graph posts to https only: set PUBLIC_URL to an https address.',
  },
  {
    says: /beyond allowed max|expirationDateTime/i,
    code: 'lifetime_too_long',
    remedy: 'The asked lifetime is over the maximum of this resource. Check the clock of this machine.',
  },
  { says: /no credential for the tenant/i, code: TENANT_UNKNOWN.code, remedy: TENANT_UNKNOWN.remedy },
  {
    status: 401,
    code: 'credential_refused',
    remedy:
      'The tenant refused the credential. Check AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (the value, not its id; it may have expired) and AZURE_TENANT_ID.',
  },
  {
    status: 403,
    says: /limit|quota|maximum/i,
    code: 'quota_exceeded',
    remedy: 'A limit of Graph is reached (the message names it). Delete subscriptions that nobody reads.',
  },
  {
    status: 403,
    code: 'consent_missing',
    remedy:
      'The app registration lacks the permission, or an administrator has not consented to it. Add the application permission and grant admin consent, then try again.',
  },
  {
    status: 404,
    code: 'resource_not_found',
    remedy: 'Graph knows no such resource in this tenant. Check the ids in the path.',
  },
  {
    status: 409,
    code: 'already_at_graph',
    remedy:
      'Graph already has a subscription of this app to the same resource and change types with another endpoint. Delete that one at Graph, or watch with other change types.',
  },
];

interface GraphRefusal {
  httpStatus: number;
  code: string;
  message: string;
}

/** Why a principal name could not be turned into an id. */
export function refusalOfName(answer: GraphRefusal): Refusal {
  const refusal = refusalOf(answer, 'User.Read.All');
  return refusal.code === 'consent_missing'
    ? {
        ...refusal,
        remedy: `${refusal.remedy} Or write the user's object id in place of the name: then nothing has to be looked up.`,
      }
    : refusal;
}

/** Why a subscription is still at Graph that shall not be there. What a refusal of a create means is of no help here. */
export function refusalOfDeletion({ httpStatus, code, message }: GraphRefusal): Refusal {
  return {
    code: 'refused_by_graph',
    message,
    remedy: `Graph answered ${httpStatus} ${code} when it was asked to delete the subscription. The hub asks again by itself; Graph drops it at the latest when it expires.`,
  };
}

/** @param permission the least permission that may read the resource, named in the remedy for a missing consent */
export function refusalOf(answer: GraphRefusal, permission?: string): Refusal {
  const known = KNOWN.find(
    (each) =>
      (each.status === undefined || each.status === answer.httpStatus) &&
      (each.says === undefined || each.says.test(answer.message)),
  );
  if (known === undefined)
    return {
      code: 'refused_by_graph',
      message: answer.message,
      remedy: `Graph answered ${answer.httpStatus} ${answer.code}. Its message says what it did not like.`,
    };
  const needs =
    known.code === 'consent_missing' && permission !== undefined
      ? ` The least permission is ${permission}.`
      : '';
  return { code: known.code, message: answer.message, remedy: known.remedy + needs };
}
