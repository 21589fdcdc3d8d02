// Uppy's prebuilt bundle by a script tag, as its documentation has it for pages without a build.
(() => {
  const query = new URLSearchParams(location.search);
  const visible = (selector) => Boolean(document.querySelector(selector)?.checkVisibility());
  let uppy;
  window.contender = {
    browse: ".uppy-Dashboard-browse",
    open() {
      const { Uppy, Dashboard, XHRUpload } = window.Uppy;
      const endpoint = `${query.get("upload") ?? location.origin}/v1_1/demo/auto/upload`;
      uppy = new Uppy({ meta: { upload_preset: "unsigned" } });
      uppy.use(Dashboard, { inline: false }).use(XHRUpload, { endpoint });
      uppy.getPlugin("Dashboard").openModal();
    },
    close: () => uppy.destroy(),
    opened: () => visible(".uppy-Dashboard-browse"),
  };
})();
