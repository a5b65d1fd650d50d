/** Text files dropped on the form, read here in the browser; all others are for POST /screen/file. */

const MOST = 4 * 1024 * 1024; // bytes
const FORMATS = { txt: "text", text: "text", htm: "html", html: "html", md: "markdown", markdown: "markdown" };

/** Why a file was not taken. */
export class NotRead extends Error {}

/**
 * @param {File} file
 * @returns {Promise<{text: string, format: string}>}
 * @throws {NotRead}
 */
export async function read(file) {
  const kind = /\.([^.]+)$/.exec(file.name.toLowerCase())?.[1] ?? "";
  const format = FORMATS[kind];
  if (!format) throw new NotRead(`不能直接读取“${file.name}”。请打开后复制内容，粘贴到正文中。`);
  if (file.size > MOST) throw new NotRead(`“${file.name}”超过 4 MB，未读取。`);
  return { text: decode(new Uint8Array(await file.arrayBuffer())), format };
}

/** UTF-16 and UTF-8 by their marks, UTF-8 where it is valid, else GB18030, which old office programs write. */
export function decode(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}
