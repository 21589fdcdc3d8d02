// An application with an upload button, and a list of what is stored.
import "@angular/compiler";
import { Component, type OnDestroy, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { createUploadWidget, type UploadResult } from "plimsoll";

@Component({
  selector: "app-root",
  template: `
    <button type="button" (click)="widget.open()">Upload files</button>
    <ul id="results">
      @for (asset of assets(); track asset.asset_id) {
        <li>{{ asset.secure_url }}</li>
      }
    </ul>
  `,
})
class App implements OnDestroy {
  readonly assets = signal<UploadResult[]>([]);
  readonly widget = createUploadWidget({ cloudName: "demo", uploadPreset: "unsigned" });

  constructor() {
    this.widget.on("success", (asset) => this.assets.update((assets) => [...assets, asset]));
  }

  ngOnDestroy() {
    void this.widget.destroy();
  }
}

void bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
