// What every page of the application has.
export const metadata = { title: "Upload with Next.js" };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
