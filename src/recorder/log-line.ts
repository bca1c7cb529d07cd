// Lines of container logs: CRI's `2026-11-22T21:30:45.123456789Z stderr F text` (kubernetes/design-proposals-archive,
// node/kubelet-cri-logging.md), Docker's json-file driver `{"log":"text\n","stream":"stderr","time":"..."}`. Anything else
// is the line itself.

const CRI = /^\d{4}-\d\d-\d\dT[\d:.]{8,20}(?:Z|[+-]\d\d:\d\d) std(?:out|err) [FP](?::\S{0,20})? /;

/** What the program wrote. */
export function logText(line: string): string {
  const cri = CRI.exec(line);
  if (cri !== null) return line.slice(cri[0].length);
  return (line.startsWith('{"log":') ? dockerText(line) : undefined) ?? line;
}

/** Undefined when it only looks like one, or was cut. */
function dockerText(line: string): string | undefined {
  try {
    const { log } = JSON.parse(line);
    return typeof log === 'string' ? log.trimEnd() : undefined;
  } catch {
    return undefined;
  }
}
