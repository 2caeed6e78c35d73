import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Place } from './masked-places.ts';
import type { MessagePart } from './message-part.ts';

/** One element of what somebody says: text as it is, of what nobody can read as text what it is. */
export function contentPart(name: string, value: Json, place: Place, full: boolean): MessagePart {
  if (!isObject(value)) return { name, place, value };
  const { type, text, resource } = value;
  if (typeof text === 'string') {
    const from = typeof value.uri === 'string' ? value.uri : name;
    return { name: from, place: [...place, 'text'], value: text };
  }
  if (full) return { name, place, value };
  if (isObject(resource)) return contentPart(name, resource, [...place, 'resource'], full);
  const bytes = bytesOf(value);
  if (bytes !== undefined) {
    const what = [type, value.mimeType, value.uri].filter((one) => typeof one === 'string');
    return { name, place, value, note: [...what, `${bytes} bytes`].join(', ') };
  }
  if (type === 'resource_link' && typeof value.uri === 'string') {
    return { name, place: [...place, 'uri'], value: value.uri };
  }
  return { name, place, value };
}

/** How long an image, a sound or a blob is, which is written in Base64. */
function bytesOf({ data, blob }: JsonObject): number | undefined {
  const written = typeof data === 'string' ? data : blob;
  return typeof written === 'string' ? Math.floor((written.length * 3) / 4) : undefined;
}
