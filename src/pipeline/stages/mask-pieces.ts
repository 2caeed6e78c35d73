import { TextMasks } from '../../mask/across/text-masks.ts';
import type { Json } from '../../model/json.ts';
import type { Frame, NotificationFrame } from '../../model/message.ts';
import { notAnalyzed, onlyAnalyzed } from '../analysis.ts';
import { type OpenTexts, type Piece, pieceIn } from '../open-texts.ts';
import { type FrameMasks, type MaskedFrame, maskedFrame } from './mask-frame.ts';

/** A text that nothing is found in; what happens to it happens to the whole member that holds it. */
const PLAIN = 'a '.repeat(200);

/** Characters of a piece that are masked at a time: what else the gate has to do comes between. */
const SLICE = 65_536;

/**
 * Masks a notification whose text may go on in the next one (`across: true`): what could be the beginning of a finding
 * is held back.
 *
 * @param texts what is held of texts of the same call or stream; undefined where it would not come out
 * @returns undefined where it is to be masked by itself
 */
export function maskPiece(
  frame: Frame,
  { found, ...how }: FrameMasks,
  texts: OpenTexts | undefined,
): MaskedFrame | Promise<MaskedFrame> | undefined {
  if (!texts || frame.kind !== 'notification' || frame.direction !== 'down') return undefined;
  const piece = pieceIn(frame.message);
  if (!piece) return undefined;
  const masks = how.masks.filter(({ sides }) => sides.includes('result'));
  if (!masks.some(({ across }) => across) && !texts.has(piece.key)) return undefined;
  if (!found) return pieceMasked(frame, piece, how, texts);
  // An analyzer has seen the piece as it came, so what it has found is masked first.
  const first = maskedFrame(frame, { ...how, masks: onlyAnalyzed(masks), found });
  const left = first.frame.kind === 'notification' ? pieceIn(first.frame.message) : undefined;
  if (!left) return undefined;
  const then = pieceMasked(
    first.frame as NotificationFrame,
    left,
    { ...how, masks: notAnalyzed(masks) },
    texts,
  );
  const both = (did: MaskedFrame): MaskedFrame => ({
    frame: did.frame,
    reports: [...first.reports, ...did.reports],
    tokens: [...first.tokens, ...did.tokens],
  });
  return then instanceof Promise ? then.then(both) : then && both(then);
}

function pieceMasked(
  frame: NotificationFrame,
  piece: Piece,
  how: FrameMasks,
  texts: OpenTexts,
): MaskedFrame | Promise<MaskedFrame> | undefined {
  const masks = how.masks.filter(({ sides }) => sides.includes('result'));
  const others = maskedFrame(withText(frame, piece, PLAIN), how);
  // A mask takes the member as a whole, so there is no text to go on.
  if (textIn(others.frame, piece) !== PLAIN) return undefined;
  const stream = texts.take(piece.key, frame.message);
  if (!stream) return undefined;
  const found = new TextMasks(masks, how, piece.member);
  const { ending } = texts;
  const done = (out: string): MaskedFrame => ({
    frame: withText(
      others.frame as NotificationFrame,
      piece,
      ending ? out + stream.end(found.find) : out,
    ),
    reports: [...others.reports, ...found.reports()],
    tokens: [...others.tokens, ...found.tokens],
  });
  const { text } = piece;
  if (text.length <= SLICE) return done(stream.push(text, found.find, found.reach));
  return pushInSlices(text, (slice) => stream.push(slice, found.find, found.reach)).then(done);
}

/** A text comes out as the same wherever it is cut, so a long one is cut. */
async function pushInSlices(text: string, push: (slice: string) => string): Promise<string> {
  let out = '';
  for (let from = 0; from < text.length; from += SLICE) {
    out += push(text.slice(from, from + SLICE));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return out;
}

function withText(frame: NotificationFrame, { member }: Piece, text: string): NotificationFrame {
  const { source: _, ...rest } = frame;
  const params = { ...frame.message.params, [member]: text };
  return { ...rest, message: { ...frame.message, params } };
}

function textIn({ message }: Frame, { member }: Piece): Json | undefined {
  return 'params' in message ? message.params?.[member] : undefined;
}
