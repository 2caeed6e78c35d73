import type { Approval, ApprovalDemand, Ballot } from '../model/approval.ts';
import { isObject, type JsonObject, member, textMember } from '../model/json.ts';
import { spanText } from '../model/span-text.ts';
import { visible, visibleJson } from '../model/visible.ts';

/** What people are shown of an approval. All of it is plain text for one line each, safe to show, and bounded. */
export interface ApprovalSummary {
  /** Which call it is, and whose. */
  readonly call: string;
  readonly facts: readonly Fact[];
  /** The arguments as JSON text over several lines, as they would be sent. */
  readonly args: string;
  /**
   * The call is shown in full. Nobody is asked to say yes here to something that they can't see, so where it isn't, they
   * are sent to its page.
   */
  readonly isWhole: boolean;
}

export interface Fact {
  readonly name: string;
  readonly text: string;
}

const MAX_TEXT = 300;
/** A name of the first line, which has three of them: none may push the others out of a subject. */
const MAX_NAME = 50;
const MAX_REASON = 500;
/** Demands, ballots, names and hints that are shown one by one. */
const MAX_ITEMS = 5;

/** @param room characters for the arguments */
export function summaryOf(approval: Approval, room: number): ApprovalSummary {
  const { call } = approval;
  const { text: args, isWhole } = argsText(call.args, room);
  const names = [call.caller.sub, call.upstream, call.method, call.target];
  return {
    call: `${named(call.target)} on ${named(call.upstream)}, for ${named(call.caller.sub)}`,
    facts: factsOf(approval).map(({ name, text }) => ({ name, text: text === '' ? '-' : text })),
    args,
    isWhole: isWhole && names.every((name) => visible(name).length <= MAX_TEXT),
  };
}

/**
 * Arguments within a bound. Only what fits without indentation is laid out, for that may be a hundred times as long, and
 * this is done for each message of each channel.
 */
function argsText(args: JsonObject, room: number): { text: string; isWhole: boolean } {
  const plain = JSON.stringify(args);
  const text = plain.length > room ? visible(cut(plain, room + 1)) : visibleJson(args, 2);
  const isWhole = plain.length <= room && text.length <= room;
  return { text: isWhole ? text : `${cut(text, room)}…`, isWhole };
}

/** A name within a sentence: in quotes, unless it is one word, so that it can't pass for more of the sentence. */
function named(text: string): string {
  const shown = short(text, MAX_NAME);
  return /^[^\s"',]+$/.test(shown) ? shown : `"${shown.replaceAll('"', '\\"')}"`;
}

function factsOf(approval: Approval): Fact[] {
  const { call, demands, ballots, reason, expiresAt } = approval;
  const tool = toolText(call.tool);
  return [
    { name: 'Caller', text: callerText(approval) },
    ...(call.agent === undefined ? [] : [{ name: 'Agent', text: short(call.agent) }]),
    { name: 'Call', text: `${short(call.method)} ${short(call.target)}` },
    { name: 'Upstream', text: short(call.upstream) },
    ...(tool === '' ? [] : [{ name: 'The tool says', text: tool }]),
    ...some(demands, (demand) => ({ name: 'Rule', text: ruleText(demand) })),
    ...some(demands, (demand) => ({ name: 'Who decides', text: decidersText(demand) })),
    ...some(ballots, (ballot) => ({ name: ballotName(ballot), text: ballotText(ballot) })),
    ...(approval.state === 'pending' ? [{ name: 'Until', text: timeText(expiresAt) }] : []),
    ...(reason === undefined ? [] : [{ name: 'Reason', text: short(reason, MAX_REASON) }]),
    { name: 'Approval', text: short(approval.id) },
  ];
}

function callerText({ call: { caller } }: Approval): string {
  const { sub, email, client, actor } = caller;
  return [
    short(sub),
    ...(email === undefined || email === sub ? [] : [`<${short(email)}>`]),
    ...(actor === undefined ? [] : [`through ${short(actor)}`]),
    ...(client === undefined ? [] : [`by the client ${short(client)}`]),
  ].join(' ');
}

/** What an upstream says of its tool is a claim; it is shown as one. */
function toolText(tool: JsonObject | undefined): string {
  if (!tool) return '';
  const annotations = member(tool, 'annotations');
  const hints = isObject(annotations)
    ? Object.entries(annotations).filter(([, value]) => typeof value === 'boolean')
    : [];
  const title = textMember(tool, 'title');
  return [
    ...(title === undefined ? [] : [short(title)]),
    ...hints.slice(0, MAX_ITEMS).map(([name, value]) => `${short(name)}: ${value}`),
  ].join(', ');
}

function ruleText({ rule, at, reason }: ApprovalDemand): string {
  const place = `${short(rule)} (${short(at.file)}:${at.line})`;
  return reason === undefined ? place : `${place}: ${short(reason, MAX_REASON)}`;
}

function decidersText({ by, quorum, notSelf, reasonRequired }: ApprovalDemand): string {
  const who = by.length === 0 ? 'whoever has the role approver' : list(by);
  const conditions = [
    ...(quorum > 1 ? [`${quorum} of them`] : []),
    ...(notSelf ? ['not the caller'] : []),
    ...(reasonRequired ? ['with a reason'] : []),
  ];
  return [short(who), ...conditions].join(', ');
}

function ballotName({ verdict, breakGlass }: Ballot): string {
  if (verdict === 'deny') return 'Denied by';
  return breakGlass ? 'Broke the glass' : 'Approved by';
}

function ballotText({ by, reason, standing }: Ballot): string {
  return [
    short(by.sub),
    ...(standing ? [`for calls alike, for ${spanText(standing.for)}`] : []),
    ...(reason === undefined ? [] : [short(reason, MAX_REASON)]),
  ].join(', ');
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_ITEMS).map((name) => short(name));
  const more = names.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function some<Item>(items: readonly Item[], fact: (item: Item) => Fact): Fact[] {
  const more = items.length - MAX_ITEMS;
  const facts = items.slice(0, MAX_ITEMS).map(fact);
  return more > 0 ? [...facts, { name: 'And', text: `${more} more` }] : facts;
}

function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** One line of visible characters, at most so many. */
export function short(text: string, most = MAX_TEXT): string {
  // Cut before and after: escapes make it longer, and only so much need be looked at.
  const seen = visible(cut(text, most + 1));
  return seen.length > most ? `${cut(seen, most - 1)}…` : seen;
}

/** The first characters of a text, never half of one. */
export function cut(text: string, most: number): string {
  const last = text.charCodeAt(most - 1);
  // The first half of a pair of UTF-16 units.
  const isHalf = text.length > most && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? most - 1 : most);
}
