// Rendered on the server; the upload button comes to life in the browser.
import { Upload } from "./upload.jsx";

export default function Page() {
  return (
    <main>
      <h1>Upload with Next.js</h1>
      <Upload />
    </main>
  );
}
