import { detectorsNamed } from '../../mask/detectors.ts';
import type { MaskReport } from '../../mask/mask.ts';
import type { MaskObligation } from '../../model/decision.ts';
import { isObject, type JsonObject, withMember } from '../../model/json.ts';
import type { AnswerFrame, Frame } from '../../model/message.ts';
import { metaOf } from '../../protocol/meta.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { masksFor } from './mask.ts';

/** The member of `_meta`, and of the `data` of an error, that says what was masked. */
export const MASKED_KEY = 'dev.sallyport/masked';

/** Masks that a notice names. */
const MAX_NAMED = 50;

/** Tells the model what masks have taken from an answer, where they are to (`notice: true`); never a value. */
export const notice: Stage = (frame, exchange) => {
  if (frame.kind !== 'result' && frame.kind !== 'error') return forward(frame);
  const { masked } = exchange.carried;
  const reports = masked ? noticed(masked.reports, frame, exchange) : [];
  return forward(reports.length > 0 ? withNotice(frame, noticeOf(reports, exchange)) : frame);
};

/** Reports of the masks that are to be told of. */
function noticed(reports: readonly MaskReport[], frame: Frame, exchange: Exchange): MaskReport[] {
  const parts = exchange.carried.parts.flatMap(({ masks }) => masks ?? []);
  const told = [...masksFor(frame, exchange), ...parts].filter((mask) => mask.notice);
  return reports.filter((report) => told.some((mask) => isOf(report, mask)));
}

function isOf({ rule, what }: MaskReport, { rule: own, target }: MaskObligation): boolean {
  if (rule !== own) return false;
  if ('path' in target) return target.text === what;
  if ('fields' in target) return target.fields.includes(what);
  return target.find.some((name) => {
    return name === what || detectorsNamed(name).some((detector) => detector.name === what);
  });
}

function noticeOf(reports: readonly MaskReport[], { decision }: Exchange): JsonObject {
  const isHidden = decision?.denial === 'hide';
  const masks = reports.slice(0, MAX_NAMED).map(({ rule, what, masker, count, places }) => ({
    what,
    with: masker,
    count,
    ...(places.length > 0 ? { places } : {}),
    ...(isHidden ? {} : { rule }),
  }));
  const more = reports.length - masks.length;
  return { masks, ...(more > 0 ? { more } : {}) };
}

/** Beside what the server has put there. */
function withNotice(frame: AnswerFrame, told: JsonObject): Frame {
  const { source: _, ...unwritten } = frame;
  if (frame.kind === 'result') {
    const { result } = frame.message;
    const meta = withMember(metaOf(result), MASKED_KEY, told);
    const message = { ...frame.message, result: withMember(result, '_meta', meta) };
    return { ...unwritten, kind: 'result', message };
  }
  const { error } = frame.message;
  const { data = {} } = error;
  // What else an error says has no place for it.
  if (!isObject(data)) return frame;
  const message = {
    ...frame.message,
    error: { ...error, data: withMember(data, MASKED_KEY, told) },
  };
  return { ...unwritten, kind: 'error', message };
}
