import type { Place, PlaceTree } from './place.ts';

/** What a caller must send as it is, and what looks like an address or a card number at times. */
const wire = [
  ...['pattern', 'format', 'contentEncoding', 'contentMediaType'],
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

/** What tells a reader something, by names that are no fields. */
const told = ['title', 'description', '$comment'];
/** Values that a schema demands, or proposes. */
const values = { enum: { each: 'wire' }, const: 'wire' } satisfies Record<string, Place>;

/** A JSON Schema (2020-12): what it demands stays, what it tells a reader is data, however deep. */
export const schema: Place = schemaPlace(values, {});

/** One that a server makes up for a person or a model to fill in: names and choices in it are data, too. */
export const askedSchema: Place = schemaPlace(
  { enum: { each: 'text' }, enumNames: { each: 'text' }, const: 'text' },
  { names: 'data' },
);

function schemaPlace(
  demands: Readonly<Record<string, Place>>,
  names: { readonly names?: 'data' },
): Place {
  const name = names.names === undefined ? 'wire' : 'text';
  const members: Record<string, Place> = {
    ...demands,
    default: 'data',
    examples: 'data',
    type: { each: 'word' },
    required: { each: name },
    dependentRequired: { rest: { each: name }, ...names },
  };
  const itself: { members: typeof members; each?: PlaceTree } = { members };
  itself.each = itself;
  for (const key of wire) members[key] = 'wire';
  for (const key of told) members[key] = 'text';
  for (const key of schemas) members[key] = itself;
  for (const key of named) members[key] = { rest: itself, ...names };
  return itself;
}
