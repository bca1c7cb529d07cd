/** Operators set some ten; what is refused as no encoding takes 5 us each. */
const MOST_ATTRIBUTES = 1000;

/**
 * Parses OTEL_RESOURCE_ATTRIBUTES, see the OpenTelemetry specification, "Resource SDK": `key=value,key=value` with
 * percent-encoded values. An attribute that cannot be decoded is left out.
 */
export function parseResourceAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const part of text.split(',', MOST_ATTRIBUTES)) {
    const equals = part.indexOf('=');
    const value = decode(part.slice(equals + 1).trim());
    if (equals > 0 && value !== undefined) attributes.set(part.slice(0, equals).trim(), value);
  }
  return attributes;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a stray %
  }
}
