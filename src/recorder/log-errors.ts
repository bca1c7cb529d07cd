/** Kinds of memory errors, and how programs and runtimes write them; looked for in lower case. */
const MEMORY_ERRORS: readonly (readonly [text: string, kind: string])[] = [
  ['javascript heap out of memory', 'v8_heap'],
  ['outofmemoryerror', 'java'],
  ['memoryerror', 'python'],
  ['std::bad_alloc', 'native'],
  ['cannot allocate memory', 'system'],
  ['enomem', 'system'],
];

const ERROR_WORDS = [
  'error',
  'exception',
  'fatal',
  'critical',
  'panic',
  'traceback',
  'exhausted',
  'timed out',
  'refused',
];

/** The kind of memory error that a line tells of. */
export function memoryErrorOf(text: string): string | undefined {
  const lower = text.toLowerCase();
  return MEMORY_ERRORS.find(([words]) => lower.includes(words))?.[1];
}

/** Whether a line is worth keeping: it tells of something that failed. */
export function isError(text: string): boolean {
  const lower = text.toLowerCase();
  return ERROR_WORDS.some((word) => lower.includes(word)) || memoryErrorOf(text) !== undefined;
}

// Each takes time in proportion to the line: one class of characters after another, none within another, and bounded.
const SECRETS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [
    /\b(authorization|password|passwd|pwd|secret|token|api[_-]?key|cookie)\b(["']?\s{0,3}[=:]\s{0,3})\S{1,4096}(?: [\w.+/=-]{16,4096})?/gi,
    '$1$2[redacted]',
  ],
  [/\b(bearer|basic)\s{1,3}[\w.+/=-]{6,4096}/gi, '$1 [redacted]'],
  // Sought where a word begins only: a long one would be gone through again from each of its letters.
  [/(?<![\w.+-])[\w.+-]{1,4096}@[\w-]{1,64}\.[\w.-]{1,64}/g, '[address]'],
  [/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g, '[address]'],
  [/"[^"]{40,4096}"|'[^']{40,4096}'/g, '[long text]'],
  [/[A-Za-z0-9_+/=-]{24,4096}/g, '[redacted]'],
  [/\b\d{9,40}\b/g, '[number]'],
];

/** Takes out what may be a secret or a person's: tokens, addresses, long literals, long numbers. */
export function redact(text: string): string {
  return SECRETS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}
