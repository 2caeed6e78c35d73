import { GateError } from '../model/errors.ts';
import { suggest } from '../model/nearest.ts';
import { policySchema } from '../policy/json-schema/json-schema.ts';
import { suiteSchema } from '../policy/json-schema/json-schema-suite.ts';
import { configJsonSchema } from './init/init-template.ts';
import { readingVerb } from './reading-verb.ts';
import { exit } from './verb.ts';

/** Every schema, by the word that asks for it. */
export const schemas: Readonly<Record<string, () => object>> = {
  policy: policySchema,
  test: suiteSchema,
  config: configJsonSchema,
};

const help = `Usage: sallyport schema policy|test|config

Prints the JSON Schema of policies, of test files or of the configuration, for editors. The
package has them as schema/policy.schema.json, schema/policy-test.schema.json and
schema/config.schema.json. An editor with a YAML language server takes it from the first line:

  # yaml-language-server: $schema=./policy.schema.json

Exit code: 0 printed, 2 wrong use.

Example:
  $ sallyport schema policy > policy.schema.json
`;

/** `sallyport schema`: prints what an editor needs to complete and check files. */
export const schema = readingVerb('schema', {
  ...{ help, options: {} },
  async run({ positionals }, terminal) {
    const [word = '', ...more] = positionals;
    const make = Object.hasOwn(schemas, word) ? schemas[word] : undefined;
    if (!make || more.length > 0) {
      const message =
        word === '' ? 'schema of what?' : `there is no schema of "${positionals.join(' ')}"`;
      throw new GateError('USAGE', message, { hint: suggest(word, Object.keys(schemas)) });
    }
    terminal.out(`${JSON.stringify(make(), null, 2)}\n`);
    return exit.fine;
  },
});
