import { Buffer, isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holdsText, textOf } from '../../src/mask/text/base64-text.ts';

const someBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 400 }).map((text) => Buffer.from(text, 'utf8')),
  // What just misses being UTF-8: long forms, surrogates, what is past Unicode, controls of Latin-1.
  fc
    .array(
      fc.constantFrom(0x41, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xf5),
    )
    .map((bytes) => Uint8Array.from(bytes)),
);

it('base64 holds text where its bytes are UTF-8 without controls, and only there', () => {
  fc.assert(
    fc.property(someBytes, fc.constantFrom('base64', 'base64url'), (bytes, encoding) => {
      const written = Buffer.from(bytes)
        .toString(encoding as 'base64')
        .replace(/=+$/, '');
      const text = Buffer.from(bytes).toString('utf8');
      const isText = isUtf8(bytes) && !/(?![\t\n\r])\p{Cc}/u.test(text);
      expect(holdsText(written, 0, written.length)).toBe(isText);
      expect(textOf(written)).toBe(isText && bytes.length > 0 ? text : undefined);
    }),
    { numRuns: 3_000 },
  );
});
