/** Unicode code points, in which the service counts, and UTF-16 units, in which the browser does. */

const SURROGATE = /[\ud800-\udfff]/;
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The same text without unpaired surrogates, which no server can read; as long as before. */
export const wellFormed = (text) => (SURROGATE.test(text) ? text.replace(LONE, "\ufffd") : text);

/** How many code points. */
export function points(text) {
  if (!SURROGATE.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The UTF-16 index that lies `count` code points after `from`. */
export function unit(text, from, count) {
  let at = from;
  for (let left = count; left > 0 && at < text.length; left -= 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}
