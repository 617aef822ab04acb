#!/bin/sh
# abcjs 6.7.2 plays a quintuplet in 6/8 in the time of two eighths. ABC 2.1 (4.13) puts (5, (7 and (9 into the time of n
# notes, "if the time signature is compound (6/8, 9/8, 12/8) then n is three, otherwise n is two"; abc2midi does so.
# Half a bar of 6/8 written as (5CDEFG is therefore over too early, and everything behind it comes too early.
# Seen: the note behind the quintuplet begins after 1 quarter; after 1.5 with the ratio written out, (5:3:5.
# Exits 0 as long as it behaves like that, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts abcjs@6.7.2 jsdom@29.1.1
cat > play.cjs <<'JAVASCRIPT'
const { JSDOM } = require("jsdom");
const dom = new JSDOM("<div></div>", { pretendToBeVisual: true });
globalThis.window = dom.window;
globalThis.document = dom.window.document;
Object.defineProperty(globalThis, "navigator", { value: dom.window.navigator, configurable: true });
const abcjs = require("abcjs");

function last(tuplet) {
  const [tune] = abcjs.renderAbc("*", `X:1\nM:6/8\nL:1/8\nK:C\n${tuplet}CDEFG A3|\n`);
  const notes = tune.setUpAudio({}).tracks.flat().filter((event) => event.cmd === "note");
  return Math.round(4000 * notes[5].start) / 1000;
}

const [plain, written] = [last("(5"), last("(5:3:5")];
console.log(require("abcjs/package.json").version, "behind (5:", plain, "quarters; behind (5:3:5:", written);
process.exit(plain === 1 && written === 1.5 ? 0 : 1);
JAVASCRIPT
node play.cjs
