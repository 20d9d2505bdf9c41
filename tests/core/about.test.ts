import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CloudEvent } from '../../src/core/event.ts';
import { aboutOf } from '../../src/core/about.ts';

const TYPE = 'Microsoft.Graph.MessageCreated';

function about(data: CloudEvent['data'], type = TYPE) {
  return aboutOf({ type, data });
}

describe('what an event is about', () => {
  test.each([
    [
      { subject: 'Budget', from: { emailAddress: { name: 'Anna Keller', address: 'a@x' } } },
      'Budget, from Anna Keller',
    ],
    [{ subject: 'Budget', from: { emailAddress: { address: 'a@x' } } }, 'Budget, from a@x'],
    [{ subject: 'Planning', organizer: { emailAddress: { name: 'Ravi' } } }, 'Planning, by Ravi'],
    [{ displayName: 'Mei Tanaka', jobTitle: 'Engineer' }, 'Mei Tanaka, Engineer'],
    [
      { from: { user: { displayName: 'Tom' } }, body: { content: '<p>Lunch&nbsp;at <b>12</b>?</p>' } },
      'Tom: Lunch at 12 ?',
    ],
    [{ id: 'x' }, 'No title'],
    [{ subject: '  ', from: { user: { displayName: 'Tom' } } }, 'From Tom'],
  ])('%j is said as %s', (resource, text) => {
    expect(about({ resource })).toEqual({ text, known: true });
  });

  test('is the reason, in words, where nothing was fetched', () => {
    const said = about({ reason: { code: 'forbidden', message: '403' } });
    expect(said).toEqual({ text: 'Graph does not allow reading it', known: false });
  });

  test('is that it was too large, where it came with neither', () => {
    expect(about({}).text).toContain('Too large');
    expect(about({}, 'heliograph.gap')).toEqual({ text: 'A notice of the hub', known: true });
  });

  test('can be said whatever Graph puts into a resource', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'subject',
            'from',
            'sender',
            'organizer',
            'body',
            'displayName',
            'name',
            'title',
            'mail',
          ),
          fc.anything(),
        ),
        (resource) => {
          const said = about({ resource });
          expect(typeof said.text).toBe('string');
          expect(said.text).not.toBe('');
        },
      ),
    );
  });
});
