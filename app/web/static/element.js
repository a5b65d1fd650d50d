/** Elements made of values. What comes from outside only ever becomes a text node or a plain attribute. */

/**
 * @param {string} name
 * @param {Object} attributes  "onclick" and the like are listeners; null, undefined and false are left out
 * @param {...(Node|string|null|Array)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** The heads of a table's columns. */
export const heads = (names, attributes = {}) => names.map((name) => element("th", { scope: "col", ...attributes }, name));

/** The element of this page with this id. */
export const byId = (id) => document.getElementById(id);

/** The same, but nothing happens while an earlier call is under way: what is pressed twice is sent once. */
export function once(action) {
  let going = null;
  return () => (going ??= Promise.resolve(action()).finally(() => (going = null)));
}

/** New content for a container; the element that had the focus keeps it when it comes back with the same data-key. */
export function refill(container, ...children) {
  const active = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  container.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (active) container.querySelector(`[data-key="${CSS.escape(active)}"]`)?.focus({ preventScroll: true });
}

/** Said once to who listens rather than looks, and shown for a few seconds; `action` is an optional [label, function]. */
export function announce(message, action = null) {
  const place = byId("notice");
  clearTimeout(announce.timer);
  place.replaceChildren(element("span", {}, message));
  if (action) place.append(element("button", { type: "button", class: "plain", onclick: () => { place.replaceChildren(); action[1](); } }, action[0]));
  announce.timer = setTimeout(() => place.replaceChildren(), action ? 12_000 : 6_000);
}
