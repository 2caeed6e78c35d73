import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Problem } from '../../model/position.ts';
import { problemCodes } from '../../policy/check/problem-codes.ts';
import { version } from '../../version.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/**
 * Problems as a SARIF log (OASIS SARIF 2.1.0), which code review tools show beside the lines.
 *
 * @param cwd the folder that relative file names start from
 */
export function sarifLog(problems: readonly Problem[], cwd: string): object {
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  const results = problems.map((problem) => ({
    ruleId: problem.code,
    ruleIndex: codes.indexOf(problem.code),
    level: problem.severity,
    message: { text: problem.hint ? `${problem.message}; ${problem.hint}` : problem.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifact(problem.at.file),
          region: { startLine: problem.at.line, startColumn: problem.at.column },
        },
      },
    ],
  }));
  const driver = { name: 'sallyport', version: version(), rules: codes.map(ruleOf) };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(resolve(cwd)).href}/` } },
    results,
  };
  return { $schema: SCHEMA, version: '2.1.0', runs: [run] };
}

function ruleOf(code: string): object {
  const known = problemCodes.get(code);
  if (!known) return { id: code };
  return {
    id: code,
    shortDescription: { text: known.means },
    help: { text: `${known.means} ${known.advice}` },
    defaultConfiguration: { level: known.severity },
  };
}

/** A relative name stays relative, so that a review finds the file in its own checkout. */
function artifact(file: string): object {
  if (file.startsWith('/')) return { uri: pathToFileURL(file).href };
  const uri = file.split(/[\\/]/).map(encodeURIComponent).join('/');
  return { uri, uriBaseId: 'ROOT' };
}
