// The sentences for a page's developer, which lie beside the module: a widget whose options are
// right has no use for them.

/** The file of sentences, or null where it can't be had. */
export const messages = () =>
  fetch(new URL("./plimsoll-messages.json", import.meta.url))
    .then((response) => (response.ok ? response.json() : null))
    .catch(() => null);
