/** One request to the hub's API, with what a refusal of it is told by. */
export interface ApiRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/v1`. */
  path: string;
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: Readonly<Record<string, unknown>>;
  /** The member of the body that was given as an argument; the others are options. */
  argument?: string;
  /** What to do where there is no such thing. */
  notFound?: string;
}
