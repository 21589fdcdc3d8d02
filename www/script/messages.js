// The sentences for a page's developer, which lie beside the module: a widget whose options are
// right has no use for them.

/** The file of sentences, or null where there is none. */
export const messages = async () => {
  const response = await fetch(new URL("./plimsoll-messages.json", import.meta.url));
  return response.ok ? response.json() : null;
};
