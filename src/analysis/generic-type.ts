/** Types that every program is full of: they grow with whatever grows, and are seldom what to look for. */
const GENERIC: readonly RegExp[] = [
  /\[\]$/,
  /^\(/,
  // Java
  /^java\.lang\.(?:String|Object|Integer|Long|Double|Boolean|Class|reflect\.|ref\.(?:Weak|Soft|Phantom)Reference)/,
  /^java\.util\.(?:\w*Map|\w*List|\w*Set|Arrays|Optional|concurrent\.ConcurrentHashMap|concurrent\.atomic)\b/,
  // JavaScript
  /^(?:Object|Array|Map|Set|String|Number|Date|Buffer|Uint8Array|ArrayBuffer|Function|WeakMap|WeakRef|system \/ \w+|Promise)$/,
  // Python
  /^(?:dict|list|set|frozenset|str|bytes|bytearray|int|float|tuple|cell|function|method|builtin_function_or_method|code|type|frame|generator|coroutine|weakref\w*|datetime\.\w+|property|module|slice)$/,
  // Go, .NET, Ruby
  /^(?:\[\]|map\[|\*?(?:string|u?int\d*|byte|float\d+|bool|uintptr|interface|func)\b)/,
  /^System\.(?:String|Object|Int\d+|Byte|Char|Boolean|Double|DateTime|Collections\.Generic\.|Action|Func|WeakReference)/,
  /^(?:Hash|Symbol|Proc|Integer|Float|Struct|Class|T_\w+)$/,
];

export function isGenericType(type: string): boolean {
  return GENERIC.some((pattern) => pattern.test(type));
}
