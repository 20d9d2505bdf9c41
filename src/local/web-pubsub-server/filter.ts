import { filterTokens, type FilterToken } from './filter-tokens.ts';

/*
 * The OData filter of sends, as far as this server knows it:
 *
 *   or         = and *( "or" and )
 *   and        = unary *( "and" unary )
 *   unary      = "not" negatable / comparison / negatable
 *   negatable  = "(" or ")" / "true" / "false" / "not" negatable
 *   comparison = operand ( "eq" / "ne" ) operand / operand "in" ( "groups" / "(" operand *( "," operand ) ")" )
 *   operand    = "userId" / "connectionId" / "null" / string
 *
 * `not` binds more tightly than a comparison, so `not userId eq 'x'` is an error here as it is in Azure.
 * https://learn.microsoft.com/azure/azure-web-pubsub/reference-odata-filter
 */

/** What a filter may look at. */
export interface FilterSubject {
  id: string;
  userId: string | null;
  groups: ReadonlySet<string>;
}

export type Filter = (subject: FilterSubject) => boolean;
export type FilterCheck = { status: 'filter'; filter: Filter } | { status: 'malformed'; message: string };

type Operand = (subject: FilterSubject) => string | null;

/** Deeper than anybody writes by hand; recursion has to end somewhere. */
const MAX_DEPTH = 64;
const MAX_LENGTH = 8192;

export function parseFilter(text: string): FilterCheck {
  if (text.length > MAX_LENGTH) return malformed(`is longer than ${MAX_LENGTH} characters`);
  const tokens = filterTokens(text);
  if (tokens === null) return malformed('has a character or an open string that is not part of a filter');
  try {
    const parser = new FilterParser(tokens);
    return { status: 'filter', filter: parser.parse() };
  } catch (error) {
    if (error instanceof FilterFlaw) return malformed(error.message);
    throw error;
  }
}

class FilterFlaw extends Error {}

class FilterParser {
  readonly #tokens: readonly FilterToken[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly FilterToken[]) {
    this.#tokens = tokens;
  }

  parse(): Filter {
    const filter = this.#or();
    if (this.#at < this.#tokens.length) throw new FilterFlaw(`does not end before ${this.#shown()}`);
    return filter;
  }

  #or(): Filter {
    const sides = [this.#and()];
    while (this.#takes('or')) sides.push(this.#and());
    return (subject) => sides.some((side) => side(subject));
  }

  #and(): Filter {
    const sides = [this.#unary()];
    while (this.#takes('and')) sides.push(this.#unary());
    return (subject) => sides.every((side) => side(subject));
  }

  #unary(): Filter {
    if (!this.#takes('not')) return this.#negatable() ?? this.#comparison();
    const inner = this.#negated();
    return (subject) => !inner(subject);
  }

  #negated(): Filter {
    if (this.#takes('not')) {
      const inner = this.#nested(() => this.#negated());
      return (subject) => !inner(subject);
    }
    const inner = this.#negatable();
    if (inner === null) throw new FilterFlaw('has a `not` whose operand is not in parentheses');
    return inner;
  }

  #negatable(): Filter | null {
    if (this.#takes('true')) return () => true;
    if (this.#takes('false')) return () => false;
    if (!this.#takes('(')) return null;
    const inner = this.#nested(() => this.#or());
    this.#expect(')');
    return inner;
  }

  #comparison(): Filter {
    const left = this.#operand();
    if (this.#takes('eq')) return compared(left, this.#operand(), true);
    if (this.#takes('ne')) return compared(left, this.#operand(), false);
    if (!this.#takes('in'))
      throw new FilterFlaw(`has ${this.#shown()} where this server knows eq, ne and in only`);
    if (this.#takes('groups')) return (subject) => subject.groups.has(left(subject) ?? '');
    this.#expect('(');
    const options = [this.#operand()];
    while (this.#takes(',')) options.push(this.#operand());
    this.#expect(')');
    return (subject) => options.some((option) => option(subject) === left(subject));
  }

  #operand(): Operand {
    const token = this.#tokens[this.#at];
    if (token?.kind === 'string') {
      this.#at += 1;
      return () => token.text;
    }
    if (this.#takes('userid')) return (subject) => subject.userId;
    if (this.#takes('connectionid')) return (subject) => subject.id;
    if (this.#takes('null')) return () => null;
    throw new FilterFlaw(
      `has ${this.#shown()} where this server knows userId, connectionId, null and strings only`,
    );
  }

  #nested(read: () => Filter): Filter {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new FilterFlaw(`is nested deeper than ${MAX_DEPTH} levels`);
    const inner = read();
    this.#depth -= 1;
    return inner;
  }

  /** Identifiers and operators are recognised in any case. */
  #takes(symbol: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'symbol' || token.text.toLowerCase() !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#takes(symbol)) throw new FilterFlaw(`has ${this.#shown()} where ${symbol} should be`);
  }

  #shown(): string {
    const token = this.#tokens[this.#at];
    return token === undefined ? 'its end' : `"${token.text.slice(0, 40)}"`;
  }
}

function compared(left: Operand, right: Operand, equal: boolean): Filter {
  return (subject) => (left(subject) === right(subject)) === equal;
}

function malformed(what: string): FilterCheck {
  return { status: 'malformed', message: `The filter ${what}.` };
}
