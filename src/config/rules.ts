import { SETTINGS, type SettingName, type Values } from '../config.ts';
import type { Flaw } from '../core/errors.ts';
import { HUB_ROLES } from '../core/role.ts';
import { readCredential, type CredentialReading } from './credential.ts';
import type { Need, Setting } from './setting.ts';

/** What no setting can tell alone: each rule gives the flaws of the settings taken together, with a remedy each. */
export function brokenRules(values: Values, malformed: ReadonlySet<string>): Flaw[] {
  // What a process needs depends on these two: where one cannot be read, nothing is said about what is missing.
  const known = !malformed.has('HELIOGRAPH_MODE') && !malformed.has('ROLES');
  const credential = readCredential(values);
  const flaws = [
    ...(known ? missingSettings(values, credential) : []),
    ...(known ? publicUrlRules(values, credential) : []),
    ...(usesGraph(values) ? graphRules(values, credential) : []),
    ...webPubSubRules(values, credential),
  ];
  // A way to sign in that is there and malformed is not missing: its own flaw has been named.
  const misread = SIGN_IN_SETTINGS.some((name) => malformed.has(name));
  return flaws.filter(
    (flaw) => !malformed.has(flaw.path) && !(misread && flaw.path === 'AZURE_CLIENT_SECRET'),
  );
}

const SIGN_IN_SETTINGS = [
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_TOKEN_CREDENTIALS',
];

function usesGraph(values: Values): boolean {
  return SETTINGS.AZURE_TENANT_ID.need?.roles.some((role) => values.ROLES.includes(role)) ?? false;
}

function missingSettings(values: Values, credential: CredentialReading): Flaw[] {
  const split = HUB_ROLES.some((role) => !values.ROLES.includes(role));
  const table: [string, Setting<unknown>][] = Object.entries(SETTINGS);
  return table.flatMap(([name, { need }]) => {
    if (need === undefined || !need.roles.some((role) => values.ROLES.includes(role))) return [];
    // Half a credential is named by what is missing of it.
    const there = name === 'AZURE_TENANT_ID' ? credential.status !== 'none' : isSet(values, name, need);
    if (there) return [];
    if (values.HELIOGRAPH_MODE === 'production')
      return [{ path: name, message: `is missing, and production fills nothing in. ${need.remedy}` }];
    if (!split || need.standIn === undefined) return [];
    const message = `is missing, and ROLES=${values.ROLES.join(',')} splits the hub: ${need.standIn} lives in one process with all roles. ${need.remedy}`;
    return [{ path: name, message }];
  });
}

function isSet(values: Values, name: string, need: Need): boolean {
  return [name, need.orElse].some((each) => each !== undefined && values[each as SettingName] !== null);
}

function publicUrlRules(values: Values, credential: CredentialReading): Flaw[] {
  const url = values.PUBLIC_URL;
  if (values.HELIOGRAPH_MODE === 'production') {
    return url === null || url.startsWith('https:')
      ? []
      : [
          {
            path: 'PUBLIC_URL',
            message: `is ${url}; in production give an https URL, as Microsoft Graph posts to no other.`,
          },
        ];
  }
  // Another GRAPH_URL may well reach this host, and by http; Microsoft's own cannot.
  const asksMicrosoft = credential.status !== 'none' && values.GRAPH_URL === null && usesGraph(values);
  if (!asksMicrosoft) return credential.status === 'none' ? [] : receiverAddressRule(values);
  if (url?.startsWith('https:')) return [];
  const message =
    url === null
      ? 'is missing beside a credential: Microsoft Graph cannot reach this host by itself. Set it to an https address that leads ' +
        'here, or remove the credential to use the simulator.'
      : `is ${url}; Microsoft Graph posts to https only. Set it to an https address that leads here.`;
  return [{ path: 'PUBLIC_URL', message }];
}

/** Where nothing is set, Graph is given the address of the very process that asks it, where without the role nothing receives. */
function receiverAddressRule(values: Values): Flaw[] {
  const asks = values.ROLES.includes('workers') || values.ROLES.includes('api');
  if (!asks || values.PUBLIC_URL !== null || values.ROLES.includes('receiver')) return [];
  const message =
    'is missing, and this process does not receive. Set it to the address at which Graph reaches the one that does.';
  return [{ path: 'PUBLIC_URL', message }];
}

function graphRules(values: Values, credential: CredentialReading): Flaw[] {
  if (credential.status === 'half') return [...credential.flaws];
  if (credential.status === 'whole' || values.HELIOGRAPH_MODE === 'production') return [];
  const overrides = (['GRAPH_URL', 'GRAPH_TOKEN_KEYS_URL'] as const).filter((name) => values[name] !== null);
  const message =
    'means nothing to the simulated Graph. Add the credential to use there (AZURE_TENANT_ID …), or remove it.';
  return overrides.map((path) => ({ path, message }));
}

function webPubSubRules(values: Values, credential: CredentialReading): Flaw[] {
  if (values.WEB_PUBSUB_ENDPOINT === null) return [];
  if (values.WEB_PUBSUB_CONNECTION_STRING !== null) {
    const message =
      'is set beside WEB_PUBSUB_CONNECTION_STRING. Keep one: the endpoint to use the identity, the other to use its key.';
    return [{ path: 'WEB_PUBSUB_ENDPOINT', message }];
  }
  if (credential.status !== 'none' || !usesGraph(values)) return [];
  const message =
    'needs a credential to sign in with. Add AZURE_TENANT_ID and the rest, or use WEB_PUBSUB_CONNECTION_STRING.';
  return [{ path: 'WEB_PUBSUB_ENDPOINT', message }];
}
