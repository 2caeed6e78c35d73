import { cidr } from './conditions/cidr.ts';
import { detects } from './conditions/detects.ts';
import { contains, eq, ne, notIn, oneOf } from './conditions/equality.ts';
import type { Operator } from './conditions/operator.ts';
import { gt, gte, length, lt, lte } from './conditions/order.ts';
import { pathWithin } from './conditions/path-within.ts';
import { absent, exists, type } from './conditions/presence.ts';
import { every, none, some } from './conditions/quantifiers.ts';
import { endsWith, glob, matches, startsWith } from './conditions/text.ts';
import { time } from './conditions/time.ts';
import { url, urlHost } from './conditions/url.ts';

/** Every operator of the policy language, by its name there. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    eq,
    ne,
    in: oneOf,
    not_in: notIn,
    matches,
    glob,
    starts_with: startsWith,
    ends_with: endsWith,
    contains,
    gt,
    gte,
    lt,
    lte,
    length,
    exists,
    absent,
    type,
    cidr,
    time,
    url_host: urlHost,
    url,
    path_within: pathWithin,
    every,
    some,
    none,
    detects,
  }),
);
