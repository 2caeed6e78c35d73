import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/model/position.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { type Judged, judgeCondition, judgeValue } from '../support/policies.ts';

const problemsOf = (time: unknown) => {
  const when = { 'request.time': { time } };
  const rules = [{ id: 'a', on: { tools: ['t'] }, when, then: 'block' }];
  const text = JSON.stringify({ apiVersion: 'sallyport/v1', rules });
  return compilePolicies([{ file: 'p.yaml', text }]).problems.map(formatProblem);
};

interface Row {
  readonly what: string;
  readonly time: unknown;
  readonly holds: readonly string[];
  readonly fails: readonly string[];
}

const rows: readonly Row[] = [
  {
    what: 'office hours',
    time: { days: ['mon-fri'], from: '08:00', to: '18:00', zone: 'Europe/Berlin' },
    // Berlin is one hour ahead of UTC in winter and two in summer.
    holds: ['2026-01-05T07:00:00Z', '2026-01-09T16:59:59Z', '2026-07-06T06:00:00Z'],
    fails: [
      '2026-01-05T06:59:59Z',
      '2026-01-09T17:00:00Z',
      '2026-07-06T16:00:00Z',
      '2026-01-10T12:00:00Z',
    ],
  },
  {
    what: 'a date in a zone',
    time: { after: '1990-01-01', before: '2000-01-01', zone: 'Europe/Berlin' },
    holds: ['1989-12-31T23:00:00Z', '1996-02-29T12:00:00Z', '1999-12-31T22:59:59Z'],
    fails: ['1989-12-31T22:59:59Z', '1999-12-31T23:00:00Z', '0095-06-01T12:00:00Z'],
  },
  {
    what: 'a day that begins before that of UTC',
    time: { days: 'sat', zone: 'Pacific/Auckland' },
    holds: ['2026-01-09T11:00:00Z', '2026-01-10T10:59:00Z'],
    fails: ['2026-01-09T10:59:59Z', '2026-01-10T11:00:00Z'],
  },
  {
    what: 'a zone with a quarter of an hour',
    time: { from: '12:00', to: '12:30', zone: 'Asia/Kathmandu' },
    holds: ['2026-01-01T06:15:00Z'],
    fails: ['2026-01-01T06:14:59Z', '2026-01-01T06:45:00Z'],
  },
  {
    what: 'a night, which is that of the day it begins on',
    time: { days: ['fri'], from: '22:00', to: '06:00' },
    holds: ['2026-01-09T22:00:00Z', '2026-01-10T05:59:59Z'],
    fails: [
      '2026-01-09T05:00:00Z',
      '2026-01-10T06:00:00Z',
      '2026-01-10T22:00:00Z',
      '2026-01-09T21:59:59Z',
    ],
  },
  {
    what: 'days over the end of the week',
    time: { days: ['sat-mon', 'wed'] },
    holds: ['2026-01-10T00:00:00Z', '2026-01-12T23:59:59Z', '2026-01-14T12:00:00Z'],
    fails: ['2026-01-13T12:00:00Z', '2026-01-15T12:00:00Z', '2026-01-09T23:59:59Z'],
  },
  {
    what: 'up to midnight',
    time: { from: '18:00', to: '24:00' },
    holds: ['2026-01-10T23:59:59.999Z'],
    fails: ['2026-01-11T00:00:00Z', '2026-01-10T17:59:59Z'],
  },
  {
    what: 'the hour that is left out in spring (02:00 to 03:00)',
    time: { from: '02:30', to: '03:30', zone: 'Europe/Berlin' },
    holds: ['2026-03-29T01:00:00Z', '2026-03-29T01:29:59Z'],
    fails: ['2026-03-29T00:59:59Z', '2026-03-29T01:30:00Z'],
  },
  {
    what: 'the hour that comes twice in autumn (02:00 to 03:00)',
    time: { from: '02:00', to: '03:00', zone: 'Europe/Berlin' },
    holds: [
      '2026-10-25T00:00:00Z',
      '2026-10-25T00:59:00Z',
      '2026-10-25T01:00:00Z',
      '2026-10-25T01:59:59Z',
    ],
    fails: ['2026-10-24T23:59:59Z', '2026-10-25T02:00:00Z'],
  },
  {
    what: 'from one instant to another',
    time: { after: '2026-03-01T08:00:00+01:00', before: '2026-03-01T10:00:00Z' },
    holds: ['2026-03-01T07:00:00Z', '2026-03-01T09:59:59Z'],
    fails: ['2026-03-01T06:59:59Z', '2026-03-01T10:00:00Z'],
  },
  {
    what: 'dates, which begin at midnight of the zone',
    time: { after: '2026-03-01', before: '2026-03-02', zone: 'America/New_York' },
    holds: ['2026-03-01T05:00:00Z', '2026-03-02T04:59:59Z'],
    fails: ['2026-03-01T04:59:59Z', '2026-03-02T05:00:00Z'],
  },
  {
    what: 'one of several windows',
    time: [
      { days: 'mon', to: '12:00' },
      { days: 'tue', from: '12:00' },
    ],
    holds: ['2026-01-05T11:59:59Z', '2026-01-06T12:00:00Z'],
    fails: ['2026-01-05T12:00:00Z', '2026-01-06T11:59:59Z'],
  },
];

describe.each(rows)('$what', ({ time, holds, fails }) => {
  const judge = (instant: string): Judged =>
    judgeCondition({ 'request.time': { time } }, { request: { now: Date.parse(instant) } });

  it('holds for instants in it, and no others', () => {
    expect(holds.map(judge)).toEqual(holds.map(() => 'holds'));
    expect(fails.map(judge)).toEqual(fails.map(() => 'fails'));
  });

  it('judges arguments alike', () => {
    expect(holds.map((instant) => judgeValue({ time }, instant))).toEqual(holds.map(() => 'holds'));
    expect(fails.map((instant) => judgeValue({ time }, instant))).toEqual(fails.map(() => 'fails'));
  });
});

describe('what is wrong with a window', () => {
  it.each([
    [
      { days: ['mon'], zone: 'Europe/Berlim' },
      'POLICY_UNKNOWN_VALUE',
      'did you mean "Europe/Berlin"?',
    ],
    [{ days: ['mon'], zone: 'Office' }, 'POLICY_UNKNOWN_VALUE', 'IANA name'],
    [{ days: ['mon', 'tues'] }, 'POLICY_UNKNOWN_VALUE', 'did you mean "tue"?'],
    [{ days: ['mon-fry'] }, 'POLICY_UNKNOWN_VALUE', 'did you mean "fri"?'],
    [{ days: [] }, 'POLICY_OPERAND', 'no day fits'],
    [{ form: '08:00' }, 'POLICY_UNKNOWN_KEY', 'did you mean "from"?'],
    [{ from: '8am' }, 'POLICY_OPERAND', 'such as "08:00"'],
    [{ from: '24:00' }, 'POLICY_OPERAND', 'no time of day'],
    [{ to: '24:01' }, 'POLICY_OPERAND', 'no time of day'],
    [{ from: 8 }, 'POLICY_WRONG_TYPE', 'must be a string, not a number; such as "08:00"'],
    [{ days: ['monday'] }, 'POLICY_UNKNOWN_VALUE', 'did you mean "mon"?'],
    [{ days: ['Thursday-sun'] }, 'POLICY_UNKNOWN_VALUE', 'did you mean "thu"?'],
    [{ days: ['xyz'] }, 'POLICY_UNKNOWN_VALUE', 'known: mon, tue, wed, thu, fri, sat, sun'],
    [{ from: '08:00', to: '08:00' }, 'POLICY_OPERAND', 'ends where it begins'],
    [{ after: 'monday' }, 'POLICY_OPERAND', 'write a date'],
    [{ after: '2026-02-30' }, 'POLICY_OPERAND', 'is no time'],
    [{ before: '2026-01-01T00:00:00' }, 'POLICY_OPERAND', 'is no time'],
    [{ after: '2026-02-01', before: '2026-01-01' }, 'POLICY_OPERAND', 'no time fits'],
    [{ zone: 'UTC' }, 'POLICY_OPERAND', 'has no bounds'],
    [[], 'POLICY_OPERAND', 'has no window'],
    ['09:00-17:00', 'POLICY_WRONG_TYPE', 'must be a map'],
  ])('%j', (time, code, words) => {
    const problems = problemsOf(time).join('\n');
    expect(problems).toContain(code);
    expect(problems).toContain(words);
  });
});
