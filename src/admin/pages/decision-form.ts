import { toJson } from '../../document/node.ts';
import { parseYaml } from '../../document/yaml.ts';
import { GateError } from '../../model/errors.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { formatProblem } from '../../model/position.ts';
import type { ApproveBody } from '../approvals/approvals-body.ts';

const actions = ['approve', 'break-glass', 'deny', 'revoke', 'cancel'] as const;
export type Action = (typeof actions)[number];

/** What somebody does about an approval by a form. @throws GateError ADMIN_REQUEST */
export function actionOf(fields: URLSearchParams): Action {
  const action = actions.find((one) => one === fields.get('do'));
  if (action) return action;
  throw new GateError('ADMIN_REQUEST', 'the form does not say what to do');
}

/** The reason that a form gives; undefined where it says nothing. */
export function reasonIn(fields: URLSearchParams): string | undefined {
  // Forms send line ends as CRLF.
  const reason = fields.get('reason')?.replaceAll('\r\n', '\n').trim();
  return reason === '' ? undefined : reason;
}

/** What a yes says. @throws GateError APPROVAL_STANDING */
export function approvalIn(fields: URLSearchParams, breakGlass: boolean): ApproveBody {
  const reason = reasonIn(fields);
  const said = { breakGlass, ...(reason === undefined ? {} : { reason }) };
  if (breakGlass || fields.get('calls') !== 'alike') return said;
  const span = fields.get('for') ?? '';
  const when = conditionIn(fields.get('when') ?? '');
  return { ...said, standing: { for: /^\d{1,12}$/.test(span) ? Number(span) : 0, when } };
}

function conditionIn(text: string): JsonObject {
  const { documents, problems } = parseYaml(text.replaceAll('\r\n', '\n'), 'when');
  const [problem] = problems.filter(({ severity }) => severity === 'error');
  const [document, ...more] = documents;
  const value = document && more.length === 0 ? toJson(document) : undefined;
  if (!problem && isObject(value)) return value;
  const how = 'write a condition on args as YAML, such as: args.id: { eq: 17 }';
  // It may repeat what was written: a hint is shown, and not logged.
  const hint = problem ? `${formatProblem(problem)}; ${how}` : how;
  throw new GateError('APPROVAL_STANDING', 'the arguments of calls alike are no condition', {
    hint,
  });
}
