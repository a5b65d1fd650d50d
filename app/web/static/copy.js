/** The mended text into the clipboard, with its formatting. */

/**
 * @param {string} html  "" for plain text alone
 * @param {string} text
 * @returns {Promise<boolean>}  whether it is there
 */
export async function copy(html, text) {
  if (navigator.clipboard?.write && globalThis.ClipboardItem) {
    const types = { "text/plain": new Blob([text], { type: "text/plain" }) };
    if (html) types["text/html"] = new Blob([html], { type: "text/html" });
    try {
      await navigator.clipboard.write([new ClipboardItem(types)]);
      return true;
    } catch {
      // no permission: the older way
    }
  }
  // An office's server is often reached by http://, where browsers hide the Clipboard API.
  let done = false;
  const fill = (event) => {
    event.preventDefault();
    if (html) event.clipboardData.setData("text/html", html);
    event.clipboardData.setData("text/plain", text);
    done = true;
  };
  document.addEventListener("copy", fill, { once: true });
  document.execCommand("copy");
  document.removeEventListener("copy", fill);
  return done;
}
