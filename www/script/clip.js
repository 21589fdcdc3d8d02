// The clipboard. Loaded when first used.

/** Puts a text on it; whether that could be done. What has the focus keeps it. */
export const copy = async (text, focused) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not on a secure page, or not permitted: the old way, which needs something selected. Beside
    // what has the focus, because nothing outside of a modal dialog can have it.
    const field = document.createElement("textarea");
    field.className = "sr";
    field.value = text;
    focused.after(field);
    field.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    } finally {
      field.remove();
      focused.focus();
    }
  }
};
