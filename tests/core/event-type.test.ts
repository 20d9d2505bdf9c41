import { describe, expect, it } from 'vitest';
import { eventTypeFlaw, eventTypeMeantBy } from '../../src/core/event-type.ts';

describe('the type of an event', () => {
  it.each([
    'Microsoft.Graph.MessageCreated',
    'Microsoft.Graph.UserUpdated',
    'heliograph.gap',
    'heliograph.something.new',
    'com.example.order-created',
    'Microsoft.Graph.DriveItemUpdated',
  ])('may be %s', (type) => {
    expect(eventTypeFlaw(type)).toBeNull();
  });

  it.each([
    ['MessageCreated', 'Microsoft.Graph.MessageCreated'],
    ['chatMessageUpdated', 'Microsoft.Graph.ChatMessageUpdated'],
    ['Graph.EventDeleted', 'Microsoft.Graph.EventDeleted'],
    ['microsoft.graph.messageCreated', 'Microsoft.Graph.MessageCreated'],
    ['gap', 'heliograph.gap'],
    ['DriveItemUpdated', 'Microsoft.Graph.MessageCreated'],
    ['', 'Microsoft.Graph.MessageCreated'],
  ])('cannot be %j, and is said to be written as %s is', (text, written) => {
    expect(eventTypeFlaw(text)).toBe(`is not an event type: write it in full, such as ${written}`);
  });

  it('is known by the end of its name, and not by the end of a word', () => {
    expect(eventTypeMeantBy('usercreated')).toBeNull();
    expect(eventTypeMeantBy('MessageCreated')).toBe('Microsoft.Graph.MessageCreated');
    expect(eventTypeMeantBy('ssageCreated')).toBeNull();
  });
});
