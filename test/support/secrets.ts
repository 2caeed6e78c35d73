import fc from 'fast-check';

const word = fc.string({ unit: fc.constantFrom(...'abcxyz019'), minLength: 1, maxLength: 8 });
const localPart = fc
  .tuple(word, word, fc.constantFrom('', '.', '_', '+', '-'))
  .map(([a, b, join]) => `${a}${join}${b}`);
const domain = fc.constantFrom(
  'example.com',
  'mail.example.co.uk',
  'a-b.example',
  'xn--bcher-kva.example',
  'b\u00fccher.example',
);

export const emailAddress = fc.tuple(localPart, domain).map(([name, host]) => `${name}@${host}`);

/** Card numbers of 16 digits that pass Luhn, of issuers in use. */
export const cardNumber = fc
  .tuple(
    fc.constantFrom('4', '51', '55', '2221', '6011'),
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 15, maxLength: 15 }),
  )
  .map(([issuer, tail]) => {
    const body = (issuer + tail).slice(0, 15);
    return body + checkDigit(body);
  });

function checkDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, index) => {
    const weighed = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}
