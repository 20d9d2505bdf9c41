import { canonicalPath, matchPath } from '../../core/graph-path.ts';
import { errorReply, okReply, type GraphReply } from './graph-reply.ts';
import { resolveFolder, resourceOf, type ItemKindName, type OfficeItem } from './office-items.ts';
import type { OfficeStore } from './office-store.ts';
import { PEOPLE } from './people.ts';
import type { SimulatorFaults } from './simulator-faults.ts';

/*
 * GET of what lies in the office, the same for a request of its own and for one in a batch. A row of READABLE is a path; a new
 * resource is a new row.
 */

/** A GET: path and query relative to `/v1.0/`, and whether it prefers immutable ids. */
export interface ResourceQuestion {
  url: string;
  immutableIds: boolean;
}

interface Readable {
  path: string;
  kind: ItemKindName;
  many: boolean;
}

const READABLE: readonly Readable[] = [
  { path: 'users/{user}/messages/{id}', kind: 'message', many: false },
  { path: 'users/{user}/events/{id}', kind: 'event', many: false },
  { path: 'users/{user}/contacts/{id}', kind: 'contact', many: false },
  { path: 'users/{user}', kind: 'user', many: false },
  { path: 'users', kind: 'user', many: true },
  { path: 'users/{user}/messages', kind: 'message', many: true },
  { path: 'users/{user}/events', kind: 'event', many: true },
  { path: 'users/{user}/contacts', kind: 'contact', many: true },
  { path: 'users/{user}/mailFolders/{folder}/messages', kind: 'message', many: true },
];

const PAGE = 10;
const MAX_PAGE = 1000;
/** Query options it can do; any other is refused rather than passed over. */
const OPTIONS = new Set(['$select', '$top', '$skip', '$orderby', '$count']);
const PREFERENCE = { 'Preference-Applied': 'IdType="ImmutableId"' };

export function resourceAnswers(deps: {
  store: OfficeStore;
  faults: SimulatorFaults;
  rootUrl: () => string;
}): (question: ResourceQuestion) => GraphReply {
  const { store, faults, rootUrl } = deps;

  function answer({ url, immutableIds }: ResourceQuestion): GraphReply {
    const mark = url.indexOf('?');
    const path = canonicalPath(decoded(mark < 0 ? url : url.slice(0, mark)));
    const query = mark < 0 ? null : new URLSearchParams(url.slice(mark + 1));
    const found = path === null ? null : readable(path);
    if (path === null || found === null)
      return errorReply(
        400,
        'BadRequest',
        `Resource not found for the segment '${url.split(/[/?]/)[0] ?? ''}'.`,
      );
    const strange = [...(query?.keys() ?? [])].find((name) => !OPTIONS.has(name));
    if (strange !== undefined)
      return errorReply(400, 'BadRequest', `The query option '${strange}' is not simulated.`);

    const { row, variables } = found;
    const headers = immutableIds && row.kind !== 'user' ? PREFERENCE : {};
    if (variables['user'] === undefined) return page(path, everybody(), query, immutableIds, headers);
    const person = store.findPerson(variables['user']);
    if (person === null)
      return row.kind === 'user'
        ? errorReply(
            404,
            'Request_ResourceNotFound',
            `Resource '${variables['user']}' does not exist or one of its queried reference-property objects are not present.`,
          )
        : errorReply(404, 'ErrorInvalidUser', `The requested user '${variables['user']}' is invalid.`);
    if (faults.forbids(person.id))
      return errorReply(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');

    if (row.many) {
      const folder = variables['folder'] === undefined ? null : resolveFolder(person.id, variables['folder']);
      const items = store
        .items(row.kind, person.id)
        .filter((item) => folder === null || item.folder === folder);
      return page(path, items.reverse(), query, immutableIds, headers);
    }
    const item = store.findItem(row.kind, person.id, variables['id'] ?? person.id);
    if (item === null)
      return errorReply(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
    const context = `https://graph.microsoft.com/v1.0/$metadata#${contextOf(row, person.id)}/$entity`;
    return okReply(
      { '@odata.context': context, ...selected(resourceOf(item, immutableIds), query) },
      headers,
    );
  }

  function everybody(): OfficeItem[] {
    return PEOPLE.flatMap((person) => store.findItem('user', person.id, person.id) ?? []);
  }

  function page(
    path: string,
    items: readonly OfficeItem[],
    query: URLSearchParams | null,
    immutableIds: boolean,
    headers: Readonly<Record<string, string>>,
  ): GraphReply {
    const top = Number(query?.get('$top') ?? PAGE);
    const skip = Number(query?.get('$skip') ?? 0);
    if (!Number.isInteger(top) || top < 1 || top > MAX_PAGE || !Number.isInteger(skip) || skip < 0)
      return errorReply(400, 'BadRequest', `Invalid value for $top or $skip. $top may be 1 to ${MAX_PAGE}.`);
    const value = items
      .slice(skip, skip + top)
      .map((item) => selected(resourceOf(item, immutableIds), query));
    const rest = new URLSearchParams(query ?? '');
    rest.set('$skip', String(skip + top));
    const more = skip + top < items.length && {
      '@odata.nextLink': `${rootUrl()}/v1.0/${path}?${rest.toString().replaceAll('%24', '$')}`,
    };
    return okReply(
      { '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#${path}`, ...more, value },
      headers,
    );
  }

  return answer;
}

function readable(path: string): { row: Readable; variables: Record<string, string> } | null {
  for (const row of READABLE) {
    const variables = matchPath(row.path, path);
    if (variables !== null) return { row, variables };
  }
  return null;
}

/** `$select` keeps the id and the annotations whatever it names. */
function selected(resource: Record<string, unknown>, query: URLSearchParams | null): Record<string, unknown> {
  const select = query?.get('$select');
  if (select === null || select === undefined) return resource;
  const wanted = new Set(select.split(',').map((name) => name.trim()));
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => name === 'id' || name.startsWith('@') || wanted.has(name)),
  );
}

function contextOf(row: Readable, user: string): string {
  return row.kind === 'user' ? 'users' : `users('${user}')/${row.kind}s`;
}

function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
