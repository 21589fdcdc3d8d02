"use client";
// A button that opens the widget, and a list of what is stored.
import { useState } from "react";
import { UploadButton } from "plimsoll/react";

export function Upload() {
  const [assets, setAssets] = useState([]);
  return (
    <>
      <UploadButton
        options={{ cloudName: "demo", uploadPreset: "unsigned" }}
        onSuccess={(asset) => setAssets((assets) => [...assets, asset])}
      >
        Upload files
      </UploadButton>
      <ul id="results">
        {assets.map((asset) => (
          <li key={asset.asset_id}>{asset.secure_url}</li>
        ))}
      </ul>
    </>
  );
}
