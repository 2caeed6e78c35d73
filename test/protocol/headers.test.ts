import { describe, expect, it } from 'vitest';
import { accepts, JSON_TYPE, mediaType, SSE_TYPE } from '../../src/protocol/headers.ts';

describe('Accept', () => {
  it.each([
    ['application/json', true, false],
    ['application/json, text/event-stream', true, true],
    ['APPLICATION/JSON;charset=utf-8 , Text/Event-Stream;q=0.5', true, true],
    ['*/*', true, true],
    ['application/*', true, false],
    ['text/*;q=0.1', false, true],
    ['application/json;q=0', false, false],
    ['application/json;q=0.000, */*', false, true],
    ['*/*;q=0, application/json', true, false],
    ['text/*;q=0, */*', true, false],
    ['application/json;q=0.001', true, false],
    ['application/jsonp, text/event-streams', false, false],
    ['', false, false],
    [undefined, false, false],
  ])('%s: JSON %s, SSE %s', (accept, jsonToo, sseToo) => {
    expect(accepts(accept, JSON_TYPE)).toBe(jsonToo);
    expect(accepts(accept, SSE_TYPE)).toBe(sseToo);
  });
});

describe('Content-Type', () => {
  it.each([
    ['application/json', 'application/json'],
    ['Application/JSON ; charset=utf-8', 'application/json'],
    ['text/event-stream;x', 'text/event-stream'],
    ['', ''],
    [undefined, ''],
  ])('%s is %j', (value, expected) => {
    expect(mediaType(value)).toBe(expected);
  });
});
