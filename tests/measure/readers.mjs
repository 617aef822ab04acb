// Reads scores with programs of others and prints what they find in them, a line of JSON for each file.
//   node readers.mjs webmscore|osmd|abcjs FILE ...
// A line: {"file", "notes": [[onset in quarters, MIDI pitch], ...], "xml": what MuseScore writes}, or "error".
// osmd and webmscore give what is written, abcjs what is played.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [program, ...files] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), "package.json"));

function page() {
  const { JSDOM } = require("jsdom");
  const dom = new JSDOM("<div id='page'></div>", { pretendToBeVisual: true });
  globalThis.window = dom.window;
  Object.defineProperty(globalThis, "navigator", { value: dom.window.navigator, configurable: true });
  for (const name of ["document", "DOMParser", "HTMLElement", "Node", "XMLSerializer", "Element", "NodeList"]) {
    globalThis[name] = dom.window[name];
  }
  dom.window.HTMLCanvasElement.prototype.getContext = () => null;
  return dom.window.document.getElementById("page");
}

async function webmscore(text) {
  globalThis.fetch = undefined; // or it looks for its program on the network
  const WebMscore = require("webmscore").default ?? require("webmscore");
  await WebMscore.ready;
  const score = await WebMscore.load("musicxml", new TextEncoder().encode(text));
  const xml = await score.saveXml();
  score.destroy();
  return { xml };
}

async function osmd(text) {
  const { OpenSheetMusicDisplay } = require("opensheetmusicdisplay");
  const display = new OpenSheetMusicDisplay(page(), { autoResize: false });
  await display.load(text);
  const notes = [];
  let start = 0;
  for (const measure of display.Sheet.SourceMeasures) {
    for (const container of measure.VerticalSourceStaffEntryContainers) {
      for (const entry of container.StaffEntries) {
        for (const voice of entry?.VoiceEntries ?? []) {
          if (voice.IsGrace) continue;
          for (const note of voice.Notes) {
            if (note.isRest() || (note.NoteTie && note.NoteTie.StartNote !== note)) continue;
            notes.push([4 * (start + voice.Timestamp.RealValue), note.halfTone + 12]);
          }
        }
      }
    }
    start += measure.Duration.RealValue;
  }
  return { notes, measures: display.Sheet.SourceMeasures.map((m) => [m.MeasureNumber, m.implicitMeasure ? 1 : 0]) };
}

async function abcjs(text) {
  page();
  const library = require("abcjs");
  const [tune] = library.renderAbc("*", text);
  const audio = tune.setUpAudio({});
  const notes = [];
  for (const track of audio.tracks) {
    for (const event of track) {
      if (event.cmd === "note") notes.push([4 * event.start, event.pitch]);
    }
  }
  return { notes };
}

const read = { webmscore, osmd, abcjs }[program];
// Whoever leaves before a pipe has taken everything cuts off what is longer than 64 KB.
const log = (line) => new Promise((resolve) => process.stdout.write(`${line}\n`, resolve));
console.log = console.warn = console.error = () => {};
for (const file of files) {
  try {
    await log(JSON.stringify({ file, ...(await read(readFileSync(file, "utf8"))) }));
  } catch (error) {
    await log(JSON.stringify({ file, error: String(error?.message ?? error) }));
  }
}
process.exit(0);
