/**
 * Keeps the first and last characters and stars the rest: `****1111`.
 * A value too short to hide at least half of itself is starred whole.
 *
 * @param least a value with fewer characters is starred whole
 */
export function keep(
  first: number,
  last: number,
  least = (first + last) * 2,
): (text: string) => string {
  return (text) => {
    const characters = [...text];
    const length = characters.length;
    if (length < Math.max(least, first + last)) return '*'.repeat(length);
    const tail = last === 0 ? [] : characters.slice(-last);
    return [...characters.slice(0, first), '*'.repeat(length - first - last), ...tail].join('');
  };
}
