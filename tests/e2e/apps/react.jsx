// React applications in the style of public samples, in strict mode, which mounts, unmounts and
// mounts each component again.
import { StrictMode, createContext, useContext, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

/** The sample's way: the script is in the page, the widget is made by an effect. */
function UploadByEffect() {
  const cloudinaryRef = useRef();
  const widgetRef = useRef();
  const [url, setUrl] = useState("");
  const [ended, setEnded] = useState(0);
  useEffect(() => {
    cloudinaryRef.current = window.cloudinary;
    widgetRef.current = cloudinaryRef.current.createUploadWidget(
      { cloudName: "demo", uploadPreset: "unsigned" },
      (error, result) => {
        if (!error && result && result.event === "success") setUrl(result.info.secure_url);
        if (result.event === "queues-end") setEnded((count) => count + 1);
      },
    );
  }, []);
  return (
    <p>
      <button onClick={() => widgetRef.current.open()}>By effect</button>
      <output id="effect">{url && `${url} after ${ended}`}</output>
    </p>
  );
}

const ScriptContext = createContext({ loaded: false });

/** The wrappers' way: the script comes and goes with the component. */
function ScriptProvider({ children }) {
  const [loaded, setLoaded] = useState(false);
  useEffect(() => {
    const script = document.createElement("script");
    script.src = "https://upload-widget.cloudinary.com/global/all.js";
    script.async = true;
    script.onload = () => setLoaded(true);
    document.body.appendChild(script);
    return () => script.remove();
  }, []);
  return <ScriptContext.Provider value={{ loaded }}>{children}</ScriptContext.Provider>;
}

/** A wrapper's component: options as they come, events by name, destroyed when it goes. */
function UploadByWrapper({ options, onSuccess, onClose, children }) {
  const { loaded } = useContext(ScriptContext);
  const widget = useRef();
  useEffect(() => {
    if (!loaded) return undefined;
    widget.current = window.cloudinary.createUploadWidget(options, (error, result) => {
      if (error) return;
      if (result.event === "success") onSuccess(result.info);
      if (result.event === "display-changed" && result.info === "hidden") onClose();
    });
    return () => {
      const old = widget.current;
      old
        .destroy()
        .catch((error) => console.error(error))
        .finally(() => {
          if (widget.current === old) widget.current = undefined;
        });
    };
    // As wrappers have it: what is passed anew with each render counts once.
  }, [loaded]);
  // The click event is handed on as the source, as pages do.
  return <button onClick={(...args) => widget.current.open(...args)}>{children}</button>;
}

function App() {
  const [shown, setShown] = useState(true);
  const [names, setNames] = useState([]);
  const [closed, setClosed] = useState(0);
  return (
    <ScriptProvider>
      <UploadByEffect />
      <button onClick={() => setShown(!shown)}>Toggle</button>
      {shown && (
        <UploadByWrapper
          options={{
            cloudName: "demo",
            uploadPreset: "unsigned",
            sources: [],
            folder: null,
            styles: null,
            eager: null,
            multiple: true,
          }}
          onSuccess={(info) => setNames((names) => [...names, info.original_filename])}
          onClose={() => setClosed((count) => count + 1)}
        >
          By wrapper
        </UploadByWrapper>
      )}
      <output id="wrapper">{`${names.join(", ")}; closed ${closed}`}</output>
    </ScriptProvider>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
