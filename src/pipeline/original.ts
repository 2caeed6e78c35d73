import { isList, isObject, isRawNumber, type Json } from '../model/json.ts';
import type { Frame, Message } from '../model/message.ts';

/**
 * The text of a frame as it came, where what a transcript says of it is another value. What differs in blanks, escapes
 * or the order of members only is not.
 *
 * @param came the frame that has come
 * @param says the message that the transcript has; left out: it has none
 */
export function originalOf(came: Frame | undefined, says?: Message): string | undefined {
  if (!came) return undefined;
  const { message, source } = came;
  if (says && isSame(message as unknown as Json, says as unknown as Json)) return undefined;
  return source ?? JSON.stringify(message);
}

/** What no stage has changed is the same object in both, so to compare costs nothing there. */
function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return false;
  }
  if (isList(one)) {
    if (!isList(other) || one.length !== other.length) return false;
    return one.every((item, index) => isSame(item, other[index]));
  }
  if (isRawNumber(one) || isRawNumber(other)) {
    return isRawNumber(one) && isRawNumber(other) && one.rawJSON === other.rawJSON;
  }
  return isObject(one) && isObject(other) && haveSameMembers(one, other);
}

function haveSameMembers(
  one: { readonly [name: string]: Json | undefined },
  other: { readonly [name: string]: Json | undefined },
): boolean {
  const names = present(one);
  if (names.length !== present(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]));
}

/** A member that is undefined is not written. */
function present(value: { readonly [name: string]: Json | undefined }): string[] {
  return Object.keys(value).filter((name) => value[name] !== undefined);
}
