/** One line of a text, counted from 1. `text` is undefined when the line was longer than allowed. */
export interface TextLine {
  readonly number: number;
  readonly text: string | undefined;
}

/** Splits a stream of bytes into lines, of which one that is longer than `most` UTF-16 units is not kept in memory. */
export async function* textLines(chunks: AsyncIterable<Uint8Array | string>, most: number): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder();
  let number = 1;
  let rest = '';
  let isTooLong = false;
  for await (const chunk of chunks) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      yield { number: number++, text: isTooLong || end - from > most ? undefined : rest.slice(from, end) };
      isTooLong = false;
      from = end + 1;
    }
    rest = rest.slice(from);
    if (rest.length > most) {
      isTooLong = true;
      rest = '';
    }
  }
  if (isTooLong || rest !== '') yield { number, text: isTooLong ? undefined : rest };
}
