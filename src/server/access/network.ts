import { isIPv6 } from 'node:net';

/** An IPv4 address, or the 64 bits of an IPv6 one that name a network: whoever has one address of it has them all. */
export function networkOf(address: string): string {
  // A socket that listens on IPv6 sees IPv4 peers as ::ffff:a.b.c.d.
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('%', 1)[0]!.split('::');
  const groups = groupsOf(head);
  if (tail === undefined) return groups.slice(0, 4).join(':');
  const behind = groupsOf(tail);
  const zeros = Array.from({ length: 8 - groups.length - behind.length }, () => '0');
  return [...groups, ...zeros, ...behind].slice(0, 4).join(':');
}

function groupsOf(part: string): string[] {
  return part.split(':').filter((group) => group !== '');
}
