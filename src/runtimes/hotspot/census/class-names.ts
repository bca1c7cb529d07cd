const primitives: Readonly<Record<string, string>> = {
  Z: 'boolean',
  B: 'byte',
  C: 'char',
  D: 'double',
  F: 'float',
  I: 'int',
  J: 'long',
  S: 'short',
};

/** The virtual machine allows 255 dimensions. */
const arrayForm = /^(\[{1,255})(?:L(.*);|([ZBCDFIJS]))$/s;
/** What the JVM adds to the name of a hidden class, one that no name finds: `+0x00007f...`; JDK 8 to 14 add it elsewhere. */
const hiddenSuffix = /[+/.]0x[\da-f]{1,16}$/;
/** `Shop$$Lambda$14` up to 20, `Shop$$Lambda` since. */
const lambdaNumber = /(\$\$Lambda)\$\d+$/;
/** `$Proxy12` of java.lang.reflect.Proxy, in whatever package. */
const proxyNumber = /(^|\.)\$Proxy\d+$/;

/**
 * A class's name as Java writes it, from the JVM's: `[Ljava/lang/String;` is `java.lang.String[]`. Classes that the JVM
 * makes by the hundred under numbers (lambdas, hidden classes, proxies) have one name: that of what they are made for.
 */
export function javaName(internalName: string): string {
  const array = arrayForm.exec(internalName);
  if (array === null) return className(internalName);
  const element = array[2] === undefined ? primitives[array[3]!]! : className(array[2]);
  return element + '[]'.repeat(array[1]!.length);
}

function className(internalName: string): string {
  return internalName
    .replaceAll('/', '.')
    .replace(hiddenSuffix, '')
    .replace(lambdaNumber, '$1')
    .replace(proxyNumber, '$1$Proxy');
}
