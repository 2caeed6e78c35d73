/** The member of a `subscriptions/listen` filter that opts in to a notification (2026-07-28, subscriptions). */
interface Filter {
  readonly filter: string;
  /** The param that says what the notification is about, where the filter lists such things. */
  readonly about?: string;
}

const listFilter = (kind: string): [string, Filter] => [
  `notifications/${kind}/list_changed`,
  { filter: `${kind}ListChanged` },
];

const lists = ['tools', 'prompts', 'resources'].map(listFilter);

/** By the method of the notification. */
export const listenFilters: ReadonlyMap<string, Filter> = new Map([
  ...lists,
  ['notifications/resources/updated', { filter: 'resourceSubscriptions', about: 'uri' }],
  ['notifications/tasks', { filter: 'taskIds', about: 'taskId' }],
]);

/** What a filter calls changes of lists. */
export const listFilters: readonly string[] = lists.map(([, { filter }]) => filter);
