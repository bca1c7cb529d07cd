import type { Random } from './random.ts';

/** Numbers at which arithmetic turns: signs, powers of two, the ends of exact doubles and of address spaces. */
export const awkwardWords: readonly bigint[] = [
  ...[0n, 1n, 2n, 7n, 15n, 16n, 255n, 4095n, 4096n, 65535n, 2n ** 20n, 2n ** 26n],
  ...[2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 46n, 2n ** 47n - 1n, 2n ** 47n],
  ...[2n ** 53n - 4096n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 4096n],
  ...[2n ** 64n - 16n, 2n ** 64n - 1n],
];

const awkwardTexts: readonly string[] = [
  ...['', ' ', '  ', '\n', '\n\n', '\t', '\0', '\r', ':', '-', '/', '..', '/../', '(', ')', ') ', '\\040', '\\', ','],
  ...['0', '-1', '1e309', '0x10', 'NaN', 'Infinity', 'max', '18446744073709551615', '9'.repeat(400), '00000000007f'],
  ...['\u00ff', '\ud83d\ude00', '\u202e', '\u001b[2J', ' kB', '__proto__', 'constructor', ' (deleted)', '[heap]'],
];

/** Longer makes cases slow and finds nothing new: what is large is tried in worst-cases.test.ts. */
const mostBytes = 32 * 1024;

/** A text with one to eight changes, as bytes: what is cut, doubled, swapped or replaced may lie anywhere. */
export function mutateText(seed: string, random: Random): Buffer {
  let bytes = Buffer.from(seed, 'utf8');
  for (let changes = random.below(8); changes >= 0; changes--) {
    const from = random.below(bytes.length + 1);
    const to = random.oneIn(2) ? from : Math.min(bytes.length, from + random.below(40));
    const piece = bytes.subarray(from, Math.min(bytes.length, from + random.below(200)));
    const between = random.pick([
      () => Buffer.from(random.pick(awkwardTexts)),
      () => Buffer.from([random.below(256)]),
      () => piece,
      () => Buffer.alloc(Math.min(mostBytes, piece.length * random.below(300)), piece.length > 0 ? piece : 'x'),
      () => Buffer.from(String(random.pick(awkwardWords))),
      () => Buffer.alloc(0),
    ])();
    bytes = Buffer.concat([bytes.subarray(0, from), between, bytes.subarray(to)]).subarray(0, mostBytes);
  }
  return random.oneIn(20) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
}

/** A number to put in a field: awkward, near the old one, or anything. */
export function mutateWord(old: bigint, random: Random): bigint {
  const word = random.pick([
    () => random.pick(awkwardWords),
    () => old + BigInt(random.below(33) - 16),
    () => old ^ (1n << BigInt(random.below(64))),
    () => random.word() >> BigInt(random.below(64)),
    () => old * 2n,
  ])();
  return BigInt.asUintN(64, word);
}
