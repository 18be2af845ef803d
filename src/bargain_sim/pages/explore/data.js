"use strict";
/* What the page holds, unpacked: columns of whole numbers become typed arrays. */

const DATA = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const words = (text) => new Uint16Array(bytes(text).buffer);
  data.at = data.at.map(words);
  data.outcome = bytes(data.outcome);
  data.dealTurn = words(data.dealTurn);
  data.utility = data.utility.map(words);
  const texts = data.samples.texts;
  for (const sample of data.samples.list) {
    sample.trust = bytes(sample.trust);
    sample.modes = bytes(sample.modes);
    sample.ending = texts[sample.ending];
    const told = [];
    for (let k = 0; k < sample.lines.length; k += 4) {
      const [kind, day, who, what] = sample.lines.slice(k, k + 4);
      told.push({ kind: texts[kind], day, who: texts[who], what: texts[what] });
    }
    sample.told = told;
  }
  return data;
})();

const NEVER = 65535; /* in dealTurn: no package was agreed */
const GRAIN = 65535; /* a number's place from 0 to 1, and a utility within its span, in so many steps */
const FEW = 30;
const utilityOf = (whole) => DATA.utilityLow + (whole / GRAIN) * DATA.utilitySpan;

/* From a setting's value (of levels and words: their number) to its place from 0 to 1, and back. */
function placeOf(setting, value) {
  if (setting.kind !== "number") return value / Math.max((setting.levels.length || setting.words.length) - 1, 1);
  if (setting.log) return Math.log(value / setting.low) / Math.log(setting.high / setting.low);
  return (value - setting.low) / (setting.high - setting.low);
}

function valueAt(setting, place) {
  if (setting.log) return setting.low * Math.pow(setting.high / setting.low, place);
  return setting.low + place * (setting.high - setting.low);
}

/* Where a stored point lies on setting k, from 0 to 1. */
function pointPlace(k, point) {
  const setting = DATA.settings[k];
  const at = DATA.at[k][point];
  return setting.kind === "number" ? at / GRAIN : placeOf(setting, at);
}
