// The colour theme of the demo page: as the system, light or dark, remembered per browser.
// A classic script in the head, because it has to act before the first paint. It knows nothing of
// the widget, which follows the page's `color-scheme` by itself.
(() => {
  "use strict";
  const KEY = "plimsoll.demo.theme";
  const root = document.documentElement;

  /** Storage can be forbidden; then the choice lasts until the page is left. */
  const recall = () => {
    try {
      return localStorage.getItem(KEY) ?? "system";
    } catch {
      return "system";
    }
  };

  const remember = (theme) => {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Nothing to do: the choice still holds for this page.
    }
  };

  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  const chosen = recall();
  apply(chosen);

  document.addEventListener("DOMContentLoaded", () => {
    const themes = document.getElementById("themes");
    for (const radio of themes.querySelectorAll("input")) radio.checked = radio.value === chosen;
    if (!themes.querySelector(":checked")) themes.querySelector("input").checked = true;
    themes.addEventListener("change", (event) => {
      apply(event.target.value);
      remember(event.target.value);
    });
  });
})();
