import type { Place, PlaceTree } from './place.ts';

/** What a caller must send as it is, and what looks like an address or a card number at times. */
const wire = [
  ...['const', 'pattern', 'format', 'contentEncoding', 'contentMediaType'],
  ...['$schema', '$id', '$ref', '$anchor', '$dynamicRef', '$dynamicAnchor'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
];
/** A schema below, or a list of some. */
const schemas = [
  ...['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains'],
  ...['additionalProperties', 'unevaluatedProperties', 'propertyNames', 'contentSchema'],
  ...['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'],
];
/** Schemas below by names, which stay. */
const named = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'];

/** A JSON Schema (2020-12): what it demands stays, what it tells a reader is data, however deep. */
export const schema: Place = schemaPlace();

function schemaPlace(): Place {
  const members: Record<string, Place> = {
    enum: { each: 'wire' },
    required: { each: 'wire' },
    dependentRequired: { rest: { each: 'wire' } },
  };
  const itself: { members: typeof members; each?: PlaceTree } = { members };
  itself.each = itself;
  for (const key of wire) members[key] = 'wire';
  for (const key of schemas) members[key] = itself;
  for (const key of named) members[key] = { rest: itself };
  return itself;
}
