import { describe, expect, it } from 'vitest';
import { compileFilter, joinFilters } from '../../src/pipeline/subscription-filter.ts';

describe('an acknowledgement', () => {
  it('has what both sides agree on, and changes of lists, which the gate itself knows of', () => {
    const asked = {
      ...{ toolsListChanged: true, promptsListChanged: false, other: true },
      ...{ resourceSubscriptions: ['a:/1', 'a:/2'], taskIds: ['t'] },
    };
    expect(joinFilters(asked, {})).toEqual({ toolsListChanged: true });
    const theirs = {
      ...asked,
      resourcesListChanged: true,
      resourceSubscriptions: ['a:/2', 'a:/3'],
    };
    expect(joinFilters(asked, theirs)).toEqual({
      ...{ toolsListChanged: true, other: true },
      ...{ resourceSubscriptions: ['a:/2'], taskIds: ['t'] },
    });
  });

  it('never has more than was asked for', () => {
    expect(joinFilters({}, { toolsListChanged: true, resourceSubscriptions: ['a:/1'] })).toEqual(
      {},
    );
    expect(joinFilters({ toolsListChanged: 'yes' }, { toolsListChanged: true })).toEqual({});
  });
});

describe('a subscription hears', () => {
  const accepted = {
    ...{ toolsListChanged: true, resourceSubscriptions: ['a:/1', 'b:/'], taskIds: ['t'] },
  };
  it.each([
    ['notifications/tools/list_changed', {}, true],
    ['notifications/prompts/list_changed', {}, false],
    ['notifications/resources/updated', { uri: 'a:/1' }, true],
    ['notifications/resources/updated', { uri: 'a:/1/part' }, true],
    ['notifications/resources/updated', { uri: 'a:/10' }, false],
    ['notifications/resources/updated', { uri: 'b:/x' }, true],
    ['notifications/resources/updated', { uri: 7 }, false],
    ['notifications/resources/updated', {}, false],
    ['notifications/tasks', { taskId: 't' }, true],
    ['notifications/tasks', { taskId: 't/2' }, false],
    ['notifications/tasks', {}, false],
    ['notifications/message', {}, false],
    ['notifications/progress', {}, false],
    ['notifications/anything', {}, false],
  ])('%s %j: %s', (method, params, expected) => {
    expect(compileFilter(accepted)(method, params)).toBe(expected);
  });
});
