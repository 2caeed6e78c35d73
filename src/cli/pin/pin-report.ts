import type { JsonObject } from '../../model/json.ts';
import { visible } from '../../model/visible.ts';
import { findingLine, type ToolFinding } from '../../policy/pin/tool-flags.ts';
import { counted } from '../report.ts';
import { isSame, type PinChanges } from './pin-changes.ts';

/** Changes as lines to read: `+` is new, `~` changed, `-` gone, `!` worth a look. */
export function changeLines({ upstream, added, changed, gone, flagged }: PinChanges): string[] {
  const at = (name: string) => visible(`${upstream}/${name}`);
  return [
    ...added.map(({ name }) => `+ ${at(name)}`),
    ...changed.flatMap(({ name, difference }) => [
      `~ ${at(name)}`,
      ...difference.map((line) => `    ${line}`),
    ]),
    ...gone.map((name) => `- ${at(name)}`),
    ...flagged.flatMap(({ name, findings }) => [
      `! ${at(name)}`,
      ...foundIn(findings).map((line) => `    ${line}`),
    ]),
  ];
}

/** `1 new, 2 changed, 1 gone`, or `nothing changed`; and what is worth a look. */
export function summaryOf(all: readonly PinChanges[]): string {
  const sum = (of: (changes: PinChanges) => number) => all.reduce((n, one) => n + of(one), 0);
  const [added, changed, gone] = [
    sum((one) => one.added.length),
    sum((one) => one.changed.length),
    sum((one) => one.gone.length),
  ];
  const flagged = sum((one) => one.flagged.length);
  const parts = [
    ...(added > 0 ? [`${added} new`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(gone > 0 ? [`${gone} gone`] : []),
  ];
  const what = parts.length > 0 ? parts.join(', ') : 'nothing changed';
  return flagged > 0 ? `${what}; ${counted(flagged, 'tool')} to look at` : what;
}

/** The same for programs. */
export function changesJson(all: readonly PinChanges[]): JsonObject {
  return {
    same: all.every(isSame),
    upstreams: Object.fromEntries(
      all.map(({ upstream, added, changed, gone, flagged }) => [
        upstream,
        {
          added: added.map(({ name }) => name),
          changed: Object.fromEntries(changed.map(({ name, difference }) => [name, difference])),
          gone,
          flagged: Object.fromEntries(
            flagged.map(({ name, findings }) => [
              name,
              findings?.map(({ flag, at, why }) => ({ flag, at, why })) ?? null,
            ]),
          ),
        },
      ]),
    ),
  };
}

function foundIn(findings: readonly ToolFinding[] | undefined): string[] {
  return findings?.map((one) => visible(findingLine(one))) ?? ['its texts are too long to look at'];
}
