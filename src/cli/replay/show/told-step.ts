import type { TranscriptEvent } from '../../../model/transcript.ts';
import { visible } from '../../../model/visible.ts';
import { cameAs } from '../../../replay/timeline/came-as.ts';
import { maskedPlaces, type Place } from '../../../replay/timeline/masked-places.ts';
import type { MessagePart } from '../../../replay/timeline/message-part.ts';
import { type MessageOptions, messageView } from '../../../replay/timeline/message-view.ts';
import type { TimelineStep, ToldEvent } from '../../../replay/timeline/timeline-step.ts';
import { otherFacts } from '../../transcripts/facts.ts';
import { stepLines } from '../../transcripts/step.ts';

/** A step in words: the same for a terminal and a page. */
export interface ToldStep {
  /** What was done, safe to print. */
  readonly lead: string;
  /** More about it, safe to print, a line each. */
  readonly facts: readonly string[];
  /** The message of the step, as it may be read. */
  readonly parts: readonly MessagePart[];
  /** Where masks changed the message. */
  readonly masked: readonly Place[];
  /** What the message said before masks changed it, where somebody has asked for it and may know. */
  readonly original: readonly MessagePart[];
}

/** Facts that the way of a step says, or that only name what is kept elsewhere. */
const SAID = ['direction', 'kind', 'masked', 'more', 'client', 'tool', 'by', 'method', 'why'];

/** Steps at which a message comes or goes. */
const PASSING: readonly string[] = ['opened', 'received', 'forwarded', 'answered'];

/** Tells a step. */
export function tellStep({ chapter, index, event }: TimelineStep, how: MessageOptions): ToldStep {
  const { payload } = event;
  const view = payload === undefined ? undefined : messageView(payload, how);
  const original = event.original === undefined ? undefined : messageView(event.original, how);
  const parts = view?.parts ?? [];
  return {
    ...wordsOf(event, view?.title ?? original?.title, chapter.record.method, how),
    parts,
    masked: maskedPlaces(chapter.events, index),
    original: original ? cameAs(view, original) : [],
  };
}

/** What a step did, and the facts of it. */
function wordsOf(
  event: ToldEvent,
  title: string | undefined,
  method: string,
  { full }: MessageOptions,
): Pick<ToldStep, 'lead' | 'facts'> {
  const { kind, detail = {} } = event;
  if (event.erased) {
    const said = PASSING.includes(kind) ? visible(plainLead(event, method)) : kind;
    return { lead: `${said}; the rest is erased`, facts: [] };
  }
  const sealed = full && event.sealed ? ['its original is sealed'] : [];
  switch (kind) {
    case 'opened':
    case 'received':
    case 'forwarded':
    case 'answered': {
      const cut = cutLine(detail.characters);
      const facts = [...otherFacts(detail, [...SAID, 'characters']), ...cut, ...sealed];
      return { lead: visible(title ?? plainLead(event, method)), facts };
    }
    case 'blocked':
    case 'failed': {
      const [lead = '', ...facts] = stepLines(event);
      return { lead: `${kind}: ${lead}`, facts: [...facts, ...sealed] };
    }
    case 'decided':
    case 'masked':
    case 'held':
    case 'resolved':
    case 'closed': {
      // The rules that matched are worth a line to whoever looks for one; what a digest names is told elsewhere.
      const { tool: _, matched, ...others } = detail;
      const said = full && matched !== undefined ? { ...others, matched } : others;
      const [lead = '', ...facts] = stepLines({ ...event, detail: said });
      return { lead: kind === 'masked' ? `masks ${lead}` : lead || kind, facts };
    }
  }
}

/** A step whose message was not kept, or that has none. */
function plainLead({ kind, detail = {} }: TranscriptEvent, own: string): string {
  const { by, method, why, kind: what } = detail;
  if (by === 'gate') return [method, why].filter((one) => typeof one === 'string').join(', ');
  if (kind === 'forwarded') return 'goes on';
  if (typeof what !== 'string') return kind === 'answered' ? 'answers' : own;
  return typeof method === 'string' ? `${what} to ${method}` : what;
}

function cutLine(characters: unknown): string[] {
  return typeof characters === 'number'
    ? [`only its beginning was kept, of ${characters} characters`]
    : [];
}
